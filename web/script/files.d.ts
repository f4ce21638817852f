/** A catalogue of texts, as the bundler includes it. */
declare module "*.ftl" {
  const text: string;
  export default text;
}
