# The description of the API.
openapi-title = The API
openapi-lead = Everything that these pages do can be done by a program, too: the same addresses answer in JSON. The description is an OpenAPI document.
openapi-docs = Operation by operation
openapi-yaml = Description (YAML)
openapi-json = Description (JSON)

# Whether the service works.
health-title = All is well
health-title-failing = Something does not work
health-lead = Everything that the service needs answers.
health-read-only = The service is being moved: everything can be read, and nothing can be changed for a while.
health-lead-failing = The service cannot do all of its work at the moment. We have a note of it.
health-database = Directory
health-object = Proposals
health-secrets = Keys
health-origin = Address of the service
health-mail = Sending mail
health-good = works
health-bad = does not work
