"""Compares the engine with OR-Tools. All solvers solve the same problems in turn, and equal objectives are asserted.

usage: against.py PROGRAM [SECONDS]   (PROGRAM is the built `instance`; SECONDS is the time limit of CP-SAT, 60 by default)

Only solving is timed: each model is built before the clock starts. Every solver uses one thread.
"""

import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time

import numpy
from ortools.graph.python import linear_sum_assignment, min_cost_flow
from ortools.sat.python import cp_model

PROGRAM = sys.argv[1]
LIMIT = float(sys.argv[2]) if len(sys.argv) > 2 else 60.0
SIZES = [(50, 250), (200, 1000), (500, 2500)]
SHAPES = ["dense", "sparse"]
GRIDS = [(60, 60), (60, 15)]
ROUNDS = 5


def engine(case, file=None):
    done = subprocess.run([PROGRAM, *map(str, case), *([file] if file else [])], check=True, capture_output=True)
    answer = json.loads(done.stdout)
    assert answer["optimal"], case
    return answer["solve_us"] / 1e6, answer


def cp_sat(problem):
    """One variable per pair, and one per start that says whether it is used. Used starts must not overlap."""
    model = cp_model.CpModel()
    starts, length = problem["starts"], problem["length"]
    used = [model.new_bool_var("") for _ in starts]
    at = [[] for _ in starts]
    terms, weights = [], []
    for row in problem["rows"]:
        ways = []
        for start, weight in row:
            way = model.new_bool_var("")
            ways.append(way)
            at[start].append(way)
            terms.append(way)
            weights.append(weight)
        model.add_at_most_one(ways)
    for start, ways in enumerate(at):
        model.add_exactly_one(*ways, ~used[start])
    first = 0
    for last, begin in enumerate(starts):
        while starts[first] + length <= begin:
            first += 1
        if last > first:
            model.add_at_most_one(used[first : last + 1])
    model.maximize(cp_model.LinearExpr.weighted_sum(terms, weights))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = LIMIT
    begin = time.perf_counter()
    status = solver.solve(model)
    took = time.perf_counter() - begin
    if status == cp_model.UNKNOWN:
        return None, None
    if status != cp_model.OPTIMAL:
        assert status == cp_model.FEASIBLE, status
        return None, (solver.objective_value, solver.best_objective_bound)
    return took, round(solver.objective_value)


def arcs(problem):
    rows = numpy.array([i for i, row in enumerate(problem["rows"]) for _ in row], dtype=numpy.int64)
    pairs = numpy.array([p for row in problem["rows"] for p in row], dtype=numpy.int64).reshape(-1, 2)
    return rows, pairs[:, 0], pairs[:, 1], len(problem["rows"]), len(problem["starts"])


def assignment(problem):
    """A perfect matching in the doubled graph: an invitee without a meeting is matched with its own copy."""
    rows, starts, weights, n, m = arcs(problem)
    solver = linear_sum_assignment.SimpleLinearSumAssignment()
    some = numpy.arange
    solver.add_arcs_with_cost(rows, starts, -weights)
    solver.add_arcs_with_cost(n + starts, m + rows, numpy.zeros_like(weights))
    solver.add_arcs_with_cost(some(n), m + some(n), numpy.zeros(n, dtype=numpy.int64))
    solver.add_arcs_with_cost(n + some(m), some(m), numpy.zeros(m, dtype=numpy.int64))
    begin = time.perf_counter()
    status = solver.solve()
    took = time.perf_counter() - begin
    assert status == solver.OPTIMAL, status
    return took, -solver.optimal_cost()


def flow(problem):
    """The same problem as a flow from the source through invitees and starts to the sink."""
    rows, starts, weights, n, m = arcs(problem)
    solver = min_cost_flow.SimpleMinCostFlow()
    source, sink = n + m, n + m + 1
    one = numpy.ones_like
    add = solver.add_arcs_with_capacity_and_unit_cost
    add(rows, n + starts, one(rows), -weights)
    all_rows, all_starts = numpy.arange(n), numpy.arange(m)
    nothing = numpy.zeros_like
    add(numpy.full(n, source), all_rows, one(all_rows), nothing(all_rows))
    add(n + all_starts, numpy.full(m, sink), one(all_starts), nothing(all_starts))
    add(all_rows, numpy.full(n, sink), one(all_rows), nothing(all_rows))
    solver.set_nodes_supplies(numpy.array([source, sink]), numpy.array([n, -n]))
    begin = time.perf_counter()
    status = solver.solve()
    took = time.perf_counter() - begin
    assert status == solver.OPTIMAL, status
    return took, -solver.optimal_cost()


def milliseconds(seconds):
    return f"{seconds * 1000:,.1f}" if seconds < 10 else f"{seconds * 1000:,.0f}"


def main():
    print("| invitees x starts | shape | length/step | pairs | engine ms | its check ms | CP-SAT ms | ratio | assignment ms | ratio | min-cost flow ms | ratio |")
    print("|" + "---|" * 12)
    slower = 0
    for (n, m), shape, (length, step) in itertools.product(SIZES, SHAPES, GRIDS):
        case = (shape, n, m, length, step, 1)
        with tempfile.NamedTemporaryFile(suffix=".json") as file:
            _, answer = engine(case, file.name)
            problem = json.load(file)
        times = {name: [] for name in ["engine", "check", "cp_sat", "assignment", "flow"]}
        open_end = False
        for _ in range(ROUNDS):
            took, found = engine(case)
            assert found["value"] == answer["value"]
            times["engine"].append(took)
            times["check"].append(found["verify_us"] / 1e6)
            if not times["cp_sat"] or times["cp_sat"][0] < 10:
                took, value = cp_sat(problem)
                if took is None:
                    best, bound = value or (0, float("inf"))
                    assert best <= answer["value"] + 0.5 and bound >= answer["value"] - 0.5, (best, bound, answer)
                    open_end, took = True, LIMIT
                else:
                    assert value == answer["value"], (value, answer)
                times["cp_sat"].append(took)
            if length == step:
                for name, other in ("assignment", assignment), ("flow", flow):
                    took, value = other(problem)
                    assert value == answer["value"], (name, value, answer)
                    times[name].append(took)
        own = statistics.median(times["engine"])
        columns = [f"{n} x {answer['starts']}", shape, f"{length}/{step}", f"{answer['pairs']:,}", milliseconds(own)]
        columns.append(milliseconds(statistics.median(times["check"])))
        for name in "cp_sat", "assignment", "flow":
            if times[name]:
                other = statistics.median(times[name])
                slower += other <= own
                more = "> " if name == "cp_sat" and open_end else ""
                columns += [more + milliseconds(other), f"{more}{other / own:,.0f}"]
            else:
                columns += ["", ""]
        print("| " + " | ".join(columns) + " |", flush=True)
    print(f"medians of {ROUNDS} runs in turn; another solver was as fast or faster {slower} times")
    sys.exit(slower > 0)


main()
