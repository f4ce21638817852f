//! What the machine of objects asks about proposals.

use whittle_domain::instant::Instant;
use whittle_domain::proposal::{Act, Caller, Letter, Phase, Proposal, Rejection, view};
use worker::Env;

use super::refusal::refused;
use super::tasks::{self, ProposalTask};
use crate::config;
use crate::error::{Error, Result};
use crate::mail::budget::About;
use crate::mail::dispatcher;
use crate::object::machine::{Change, Hosted, Machine, Ran};
use crate::object::rpc::Representation;
use crate::object::store::Current;

impl Hosted for Proposal {
    type Task = ProposalTask;
    type Reader = Caller;

    fn about(id: u64) -> About {
        About::Proposal(id)
    }

    fn refuse(&self, rejection: Rejection, act: &Act, env: &Env) -> Error {
        let Rejection::Stale = rejection else { return refused(rejection, &self.slots) };
        let sees_addresses = self.standing(&act.caller).is_ok_and(|standing| standing.sees_addresses);
        match written(self, sees_addresses, env) {
            Ok(body) => Error::Stale { body, version: self.version },
            Err(error) => error,
        }
    }

    fn version(&self) -> u32 {
        self.version
    }

    fn stale(&self, seen: &[u32]) -> Option<Rejection> {
        (!self.is_current(seen)).then_some(Rejection::Stale)
    }

    /// Whoever may look may listen: parties, the creator and staff, as long as the proposal is not closed.
    fn reader_key(&self, reader: &Caller) -> Result<String> {
        let refuse = |rejection| refused(rejection, &self.slots);
        let standing = self.standing(reader).map_err(refuse)?;
        match self.phase {
            Phase::Closed => Err(refuse(Rejection::Closed)),
            Phase::Open | Phase::Agreed | Phase::Exhausted => Ok(standing.actor.seen_key()),
        }
    }

    fn tasks(change: &Change<'_, Self>, env: &Env, now: Instant) -> Result<Vec<ProposalTask>> {
        tasks::caused(change, env, now)
    }

    async fn run(machine: &Machine<Self>, task: ProposalTask) -> Result<Ran<Act>> {
        tasks::run(machine, task).await.map(|()| Ran::Done)
    }

    fn wrap(letter: Letter) -> dispatcher::Letter {
        dispatcher::Letter::Proposal(Box::new(letter))
    }

    fn unwrap(letter: &dispatcher::Letter) -> Option<&Letter> {
        match letter {
            dispatcher::Letter::Proposal(letter) => Some(letter),
            _ => None,
        }
    }
}

/// The proposal as a reader sees it who may, or may not, see addresses.
pub fn representation(
    current: &Current<Proposal>,
    sees_addresses: bool,
    env: &Env,
) -> Result<Representation> {
    let body = current.shown(sees_addresses, |proposal| written(proposal, sees_addresses, env))?;
    Ok(Representation { body, version: Some(current.entity.version) })
}

fn written(proposal: &Proposal, sees_addresses: bool, env: &Env) -> Result<String> {
    Ok(serde_json::to_string(&view(proposal, sees_addresses, Some(&config::origin(env)?)))?)
}
