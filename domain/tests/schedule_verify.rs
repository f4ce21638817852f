//! The checker, given certificates that claim more than they prove.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may panic"
)]

mod common;

use std::cell::RefCell;

use common::at;
use common::schedule::{Ways, invitee, problem_input, runner, small};
use proptest::prelude::{any, prop, prop_assert, prop_assert_eq};
use whittle_domain::duration::Duration;
use whittle_domain::schedule::{
    Certificate, DEFAULT_WORK, Multipliers, Node, Objective, Placed, Problem, Schedule, VerifyError, solve,
    verify,
};

/// The bound that these multipliers prove for a case of the tree, found by trying all sets of starts. `verify` computes the
/// same bound by a dynamic programme.
fn worth(problem: &Problem, allowed: &[bool], m: &Multipliers) -> i128 {
    let d = i128::from(m.denominator);
    let length = problem.length().micros();
    let profit: Vec<i128> = (0..problem.starts().len())
        .map(|s| {
            let start = problem.starts()[s];
            let rests = problem.pairs_by_invitee().iter().zip(&m.values).filter_map(|(row, u)| {
                let pair = row.iter().find(|p| p.start() == s)?;
                let preference = i64::from(start.preference.level()) + pair.preference();
                Some(i128::from(problem.scale().weight(preference, start.delay)) * d - i128::from(*u))
            });
            rests.max().unwrap_or(0).max(0)
        })
        .collect();
    fn best(
        problem: &Problem,
        allowed: &[bool],
        profit: &[i128],
        from: usize,
        free: i64,
        length: i64,
    ) -> i128 {
        let Some(start) = problem.starts().get(from) else { return 0 };
        let without = best(problem, allowed, profit, from + 1, free, length);
        if !allowed[from] || start.at.micros() < free || profit[from] == 0 {
            return without;
        }
        let end = start.at.micros() + length;
        without.max(profit[from] + best(problem, allowed, profit, from + 1, end, length))
    }
    let paid: i128 = m.values.iter().map(|u| i128::from(*u)).sum();
    (paid + best(problem, allowed, &profit, 0, i64::MIN, length)).div_euclid(d)
}

/// The bound that a certificate proves. `None` if its tree or its multipliers are malformed.
fn proves(problem: &Problem, c: &Certificate) -> Option<i128> {
    fn walk(
        problem: &Problem,
        c: &Certificate,
        nodes: &mut std::slice::Iter<'_, Node>,
        allowed: &[bool],
    ) -> Option<i128> {
        match nodes.next()? {
            Node::Leaf(which) => Some(worth(problem, allowed, c.multipliers.get(*which as usize)?)),
            Node::Branch(start) => {
                let start = *start as usize;
                let at = problem.starts().get(start)?.at.micros();
                let clashes = |s: usize| {
                    let apart = (problem.starts()[s].at.micros() - at).abs();
                    apart > 0 && apart < problem.length().micros()
                };
                let used: Vec<bool> = (0..allowed.len()).map(|s| allowed[s] && !clashes(s)).collect();
                let unused: Vec<bool> = (0..allowed.len()).map(|s| allowed[s] && s != start).collect();
                Some(walk(problem, c, nodes, &used)?.max(walk(problem, c, nodes, &unused)?))
            }
        }
    }
    if !c.multipliers.iter().all(|m| m.denominator > 0 && m.values.iter().all(|u| *u >= 0)) {
        return None;
    }
    let mut nodes = c.tree.iter();
    let bound = walk(problem, c, &mut nodes, &vec![true; problem.starts().len()])?;
    nodes.as_slice().is_empty().then_some(bound)
}

/// An integer in a certificate.
enum Integer<'a> {
    Small(&'a mut u32),
    Large(&'a mut i64),
    Delay(&'a mut Duration),
}

fn change(c: &mut Certificate, which: usize, by: i64) {
    let Certificate { bound, multipliers, tree } = c;
    let mut integers = vec![
        Integer::Small(&mut bound.placed),
        Integer::Small(&mut bound.preference),
        Integer::Delay(&mut bound.delay),
    ];
    for Multipliers { denominator, values } in multipliers {
        integers.push(Integer::Large(denominator));
        integers.extend(values.iter_mut().map(Integer::Large));
    }
    integers.extend(tree.iter_mut().map(|(Node::Leaf(n) | Node::Branch(n))| Integer::Small(n)));
    let which = which % integers.len();
    match &mut integers[which] {
        Integer::Small(x) => **x = x.wrapping_add_signed(i32::try_from(by % 8).unwrap()),
        Integer::Large(x) => **x += by,
        Integer::Delay(x) => **x = Duration::from_micros(x.micros() + by % 1_000 * 60_000_000),
    }
}

/// One integer of a certificate is changed. If the changed certificate claims more than it proves, it must be refused. If it
/// still proves its claim (the multiplier did not matter, or the claim became weaker), it must be accepted. At least 10,000
/// changed certificates must be refused.
#[test]
fn a_certificate_with_one_integer_changed_is_refused_exactly_where_it_claims_more_than_it_proves() {
    let counts = RefCell::new((0u32, 0u32));
    let changes = prop::collection::vec((any::<prop::sample::Index>(), 0u32..40, any::<bool>()), 24);
    let checked = runner(1_400).run(&(small(), changes), |(input, changes)| {
        let problem = Problem::new(input).unwrap();
        let found = solve(&problem, DEFAULT_WORK);
        let scale = problem.scale();
        for (which, bits, up) in changes {
            let mut changed = found.certificate.clone();
            let by = (1i64 << bits) + i64::from(bits % 3);
            change(&mut changed, which.index(1 << 20), if up { by } else { -by });
            if changed == found.certificate {
                continue;
            }
            let Some(proven) = proves(&problem, &changed) else {
                prop_assert!(verify(&problem, &found.schedule, &changed).is_err());
                continue;
            };
            let claimed = scale.value(&changed.bound);
            let honest = scale.objective(claimed) == changed.bound && proven <= i128::from(claimed);
            let verdict = verify(&problem, &found.schedule, &changed);
            prop_assert_eq!(verdict.is_ok(), honest, "{:?}: {:?}", verdict, changed);
            let mut counts = counts.borrow_mut();
            if honest {
                counts.0 += 1;
            } else {
                counts.1 += 1;
            }
        }
        Ok(())
    });
    checked.unwrap();
    let (true_still, refused) = *counts.borrow();
    println!("{refused} that claim too much refused, {true_still} that are true still accepted");
    assert!(refused >= 10_000 && true_still >= 1_000);
}

#[test]
fn a_worse_schedule_that_is_claimed_to_be_the_best_is_refused() {
    let refused = RefCell::new(0u32);
    let checked = runner(300).run(&small(), |input| {
        let ways = Ways::enumerate(&input);
        let problem = Problem::new(input.clone()).unwrap();
        let found = solve(&problem, DEFAULT_WORK);
        let mut all = Vec::new();
        ways.each(|s| all.push(s.to_vec()));
        for worse in all.iter().step_by(all.len().div_ceil(20)) {
            let schedule = ways.written(&input, worse);
            let verified = verify(&problem, &schedule, &found.certificate).unwrap();
            prop_assert_eq!(verified.objective, ways.objective(worse));
            if verified.objective == found.certificate.bound {
                continue;
            }
            prop_assert!(!verified.is_optimal());
            // The same proof with the claim that this schedule is the best is refused.
            let claimed = Certificate { bound: verified.objective, ..found.certificate.clone() };
            prop_assert!(matches!(verify(&problem, &schedule, &claimed), Err(VerifyError::NotProven(_))));
            *refused.borrow_mut() += 1;
        }
        Ok(())
    });
    checked.unwrap();
    assert!(*refused.borrow() > 1_000);
}

#[test]
fn a_schedule_that_breaks_a_rule_is_refused() {
    let mut input =
        problem_input(60, 30, &[(0, 180, 2)], vec![invitee(1, [(0, 180, 3)]), invitee(2, [(60, 180, 3)])]);
    input.busy = vec![common::schedule::minutes(0, 30)];
    let problem = Problem::new(input).unwrap();
    let certificate = solve(&problem, DEFAULT_WORK).certificate;
    let check = |placed: &[(u64, i64)]| {
        let placed = placed.iter().map(|(i, m)| Placed { invitee: *i, begin: at(*m) }).collect();
        verify(&problem, &Schedule(placed), &certificate).map(|b| b.objective.placed)
    };
    assert_eq!(check(&[(1, 30), (2, 90)]), Ok(2));
    assert_eq!(check(&[(3, 30)]), Err(VerifyError::UnknownInvitee(3)));
    assert_eq!(check(&[(1, 30), (1, 90)]), Err(VerifyError::PlacedTwice(1)));
    // In busy time, between two steps, outside the owner's time, outside the invitee's time.
    for (invitee, minute) in [(1, 0), (1, 45), (1, 150), (2, 30)] {
        assert_eq!(check(&[(invitee, minute)]), Err(VerifyError::Misplaced(invitee)));
    }
    assert_eq!(check(&[(1, 30), (2, 60)]), Err(VerifyError::Overlap(2)));
    // The meetings are not ordered by time.
    assert_eq!(check(&[(2, 90), (1, 30)]), Err(VerifyError::Overlap(1)));
}

#[test]
fn a_malformed_certificate_is_refused_before_it_costs_anything() {
    let problem =
        Problem::new(problem_input(60, 15, &[(0, 480, 2)], vec![invitee(1, [(0, 480, 3)])])).unwrap();
    let found = solve(&problem, DEFAULT_WORK);
    let verdict = |edit: &dyn Fn(&mut Certificate)| {
        let mut c = found.certificate.clone();
        edit(&mut c);
        verify(&problem, &found.schedule, &c).unwrap_err()
    };
    assert_eq!(verdict(&|c| c.multipliers[0].values.push(0)), VerifyError::Multipliers);
    assert_eq!(verdict(&|c| c.multipliers[0].denominator = 0), VerifyError::Multipliers);
    assert_eq!(verdict(&|c| c.multipliers[0].values[0] = -1), VerifyError::Multipliers);
    assert_eq!(verdict(&|c| c.tree.clear()), VerifyError::Tree);
    assert_eq!(verdict(&|c| c.tree.push(Node::Leaf(0))), VerifyError::Tree);
    assert_eq!(verdict(&|c| c.tree[0] = Node::Leaf(9)), VerifyError::Tree);
    assert_eq!(verdict(&|c| c.tree[0] = Node::Branch(9_999)), VerifyError::Tree);
    assert_eq!(verdict(&|c| c.tree = vec![Node::Branch(1); 40]), VerifyError::Tree);
    // A complete tree that is deeper than there are starts would only cost memory.
    let deep = || [vec![Node::Branch(1); 40], vec![Node::Leaf(0); 41]].concat();
    assert_eq!(verdict(&|c| c.tree = deep()), VerifyError::Tree);
    // An impossible preference would have a greater value than a meeting.
    assert_eq!(
        verdict(&|c| c.bound = Objective { placed: 0, preference: 60_000, ..c.bound }),
        VerifyError::Bound
    );
    // The largest integers must not overflow.
    for (u, d) in [(i64::MAX, 1), (i64::MAX, i64::MAX), (0, i64::MAX)] {
        let edit = |c: &mut Certificate| c.multipliers[0] = Multipliers { denominator: d, values: vec![u] };
        assert!(matches!(verdict(&edit), VerifyError::NotProven(0)));
    }
}

#[test]
fn a_certificate_that_would_take_too_long_to_check_is_refused() {
    let all = (0..1000).map(|id| invitee(id, [(0, 12_000, 1)])).collect();
    let problem = Problem::new(problem_input(60, 5, &[(0, 12_000, 1)], all)).unwrap();
    let bound = Objective { placed: 200, preference: 400, delay: Duration::from_micros(0) };
    let multipliers = vec![Multipliers { denominator: 1, values: vec![0; 1000] }];
    let tree = vec![Node::Branch(1); 2_000];
    let certificate = Certificate { bound, multipliers, tree };
    assert_eq!(verify(&problem, &Schedule::default(), &certificate), Err(VerifyError::TooLarge));
}

/// Certificates are stored as long as their calendars, so the format must not change.
#[test]
fn the_stored_format_of_a_certificate_is_unchanged() {
    let certificate = Certificate {
        bound: Objective { placed: 2, preference: 9, delay: Duration::from_micros(5) },
        multipliers: vec![Multipliers { denominator: 4, values: vec![1, 0] }],
        tree: vec![Node::Branch(3), Node::Leaf(0), Node::Leaf(0)],
    };
    let text = serde_json::to_string(&certificate).unwrap();
    assert_eq!(
        text,
        r#"{"bound":{"placed":2,"preference":9,"delay":5},"multipliers":[{"d":4,"u":[1,0]}],"tree":[{"b":3},{"l":0},{"l":0}]}"#
    );
    assert_eq!(whittle_json::from_str::<Certificate>(&text).unwrap(), certificate);
}
