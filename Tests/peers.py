"""A path of 100 λ, logistic loss, 20,000 × 500 dense, side by side in one run.

    peers.py ESPALIER [--rows N] [--columns P] [--lambdas K] [--limit SECONDS] [--only NAME…]

Every program gets the same standardised numbers and the same λ, and minimises

    mean logistic loss + λ ‖w‖₁,    the intercept unpenalised.

Programs that cannot leave an intercept unpenalised (celer has none, liblinear penalises it) fit
without one, which the table says: their problem has one unknown less and the same λ at which the
first weight appears. Each objective has its duality gap, computed by one function from the weights
and the intercept that the program gave. Each program is run with the loosest tolerance, in steps of
√10, whose path has a gap of at most 1e-6 at every λ; that run's time is told, the best of three
where it took below 30 s. Programs that reach no such gap, give fewer λ than asked for, or take more
than the limit, are told to have failed. Times are of the fits alone, one thread, without reading
files, what is compiled at first use not counted.
"""

import argparse, json, math, multiprocessing, os, subprocess, tempfile, time, warnings
from dataclasses import dataclass
from typing import Callable

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np

warnings.filterwarnings("ignore")

GAP_MAX = 1e-6
# A gap this near is the same but for the rounding of weights written as text.
GAP_ROUNDING = 1e-9
REPEATED_BELOW = 30.0
REPEATS = 3


def problem(rows, columns):
    """Neighbouring columns correlate by one half, one in ten tells of the label."""
    random = np.random.default_rng(4)
    x = random.normal(size=(rows, columns))
    for column in range(1, columns):
        x[:, column] = 0.5 * x[:, column - 1] + np.sqrt(0.75) * x[:, column]
    truth = np.zeros(columns)
    told = random.choice(columns, max(1, columns // 10), replace=False)
    truth[told] = random.normal(size=told.size) / 2
    y = (random.random(rows) < 1 / (1 + np.exp(1 - x @ truth))).astype(float)
    return np.asfortranarray((x - x.mean(0)) / x.std(0)), y


def gap(x, y, weight, intercept, strength, has_intercept):
    """Objective of the fit as it is, less the value of a dual point near it.

    The dual point is the slopes of the losses, made feasible: shrunk until no column is pulled by
    more than λ and, where there is an intercept, before that shifted along the margins until they
    sum to 0. Any feasible point bounds the minimum from below, so a program that stopped off the
    best intercept is charged for it in its objective.
    """
    margin = x @ weight + intercept
    objective = np.mean(np.logaddexp(0, margin) - y * margin) + strength * np.abs(weight).sum()
    if has_intercept:
        for _ in range(50):
            p = 1 / (1 + np.exp(-margin))
            step = (p - y).mean() / (p * (1 - p)).mean()
            margin = margin - step
            if abs(step) < 1e-14:
                break
    slope = 1 / (1 + np.exp(-margin)) - y
    slope *= min(1, strength / max(1e-300, np.abs(x.T @ slope).max() / y.size))
    p = np.clip(slope + y, 0, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.nan_to_num(p * np.log(p)) + np.nan_to_num((1 - p) * np.log1p(-p))
    return objective + terms.mean()


def espalier(program):
    """Its own clock: reading the table is left out there as it is here."""

    def fit(x, y, lambdas, tolerance):
        names = [f"x{k}" for k in range(x.shape[1])]
        with tempfile.TemporaryDirectory() as folder:
            table, out = f"{folder}/table.csv", f"{folder}/path.json"
            header = ",".join(names + ["y"])
            np.savetxt(
                table, np.column_stack([x, y]), "%.17g", ",", header=header, comments="")
            command = [program, "fit", table, "--label", "y", "--gap-alone", "--out", out]
            command += ["--tolerance", repr(tolerance)]
            command += ["--lambda"] + [repr(float(value)) for value in lambdas]
            subprocess.run(
                command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            with open(out) as file:
                document = json.load(file)
        fits = []
        for point in document["paths"][0]["points"]:
            weights = np.zeros(x.shape[1])
            for name, weight in point["weights"].items():
                weights[int(name[1:])] = weight["weight"]
            fits.append((weights, point["intercept"]))
        return fits, document["fitSeconds"]

    return fit


def saga(x, y, lambdas, tolerance):
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(
        l1_ratio=1, solver="saga", warm_start=True, tol=tolerance, max_iter=10_000)
    fits = []
    for value in lambdas:
        model.C = 1 / (value * y.size)
        model.fit(x, y)
        fits.append((model.coef_[0].copy(), model.intercept_[0]))
    return fits


def liblinear(x, y, lambdas, tolerance):
    from sklearn.linear_model import LogisticRegression

    fits = []
    for value in lambdas:
        model = LogisticRegression(
            l1_ratio=1, solver="liblinear", C=1 / (value * y.size), tol=tolerance,
            fit_intercept=False, max_iter=10_000)
        model.fit(x, y)
        fits.append((model.coef_[0].copy(), 0.0))
    return fits


def glmnet(x, y, lambdas, tolerance):
    from glmnet import LogitNet

    model = LogitNet(
        alpha=1, lambda_path=np.array(lambdas), n_splits=0, standardize=False, tol=tolerance,
        max_iter=1_000_000)
    model.fit(x, y)
    coefficients = model.coef_path_.reshape(x.shape[1], -1)
    intercepts = np.ravel(model.intercept_path_)
    return [(coefficients[:, k], intercepts[k]) for k in range(coefficients.shape[1])]


def skglm(x, y, lambdas, tolerance):
    from skglm import GeneralizedLinearEstimator
    from skglm.datafits import Logistic
    from skglm.penalties import L1
    from skglm.solvers import ProxNewton

    model = GeneralizedLinearEstimator(
        Logistic(), L1(1.0),
        ProxNewton(warm_start=True, fit_intercept=True, tol=tolerance, max_iter=100))
    model.warm_start = True
    fits = []
    for value in lambdas:
        model.penalty.alpha = value
        model.fit(x, 2 * y - 1)
        fits.append((np.ravel(model.coef_).copy(), float(np.ravel(model.intercept_)[0])))
    return fits


def celer(x, y, lambdas, tolerance):
    """Its tolerance is of its own duality gap, in units of the loss of no weights; its solver is
    the one that its `LogisticRegression` takes."""
    from celer import celer_path

    _, weights, _ = celer_path(
        x, 2 * y - 1, "logreg", alphas=np.array(lambdas) * y.size, max_iter=200,
        tol=tolerance / math.log(2), use_PN=True)
    return [(weights[:, k].copy(), 0.0) for k in range(weights.shape[1])]


@dataclass
class Program:
    name: str
    fit: Callable
    """(x, y, lambdas, tolerance) to weights and intercept of each λ; perhaps with own seconds."""
    loosest: float
    tightest: float
    has_intercept: bool = True

    def tolerances(self):
        steps = round(2 * math.log10(self.loosest / self.tightest))
        return [self.loosest * 10 ** (-step / 2) for step in range(steps + 1)]


@dataclass
class Attempt:
    """One path of a program."""

    tolerance: float
    seconds: float
    gaps: list
    weights: int
    is_whole: bool

    @property
    def is_good(self):
        return self.is_whole and max(self.gaps) <= GAP_MAX + GAP_ROUNDING


def attempt(program, x, y, lambdas, tolerance):
    start = time.perf_counter()
    fits = program.fit(x, y, lambdas, tolerance)
    seconds = time.perf_counter() - start
    if isinstance(fits, tuple):
        fits, seconds = fits
    count = min(len(fits), len(lambdas))
    gaps = [gap(x, y, *fits[k], lambdas[k], program.has_intercept) for k in range(count)]
    weights = int(np.count_nonzero(fits[-1][0])) if fits else 0
    return Attempt(tolerance, seconds, gaps or [math.inf], weights, len(fits) == len(lambdas))


def attempts(program, x, y, lambdas, outbox):
    """In a process of its own: tolerance after tolerance until one is good, then that again."""
    try:
        program.fit(*problem(200, 5), [0.1, 0.01], program.loosest)
        for tolerance in program.tolerances():
            best = attempt(program, x, y, lambdas, tolerance)
            outbox.send(best)
            if best.is_good:
                break
        repeats = REPEATS if best.is_good and best.seconds < REPEATED_BELOW else 1
        for _ in range(1, repeats):
            outbox.send(attempt(program, x, y, lambdas, best.tolerance))
        outbox.send(None)
    except Exception as error:
        outbox.send(f"{type(error).__name__}: {error}"[:100])


def run(program, x, y, lambdas, limit):
    """The best good attempt or else the last one, and what went wrong if anything did."""
    inbox, outbox = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(target=attempts, args=(program, x, y, lambdas, outbox))
    process.start()
    outbox.close()
    best = None
    trouble = None
    while True:
        try:
            found = inbox.recv() if inbox.poll(limit) else f"no path within {limit:.0f} s"
        except EOFError:
            found = "the process ended"
        if isinstance(found, str):
            trouble = found
        if not isinstance(found, Attempt):
            break
        if best is None or not best.is_good or (
            found.is_good and found.seconds < best.seconds):
            best = found
    process.terminate()
    process.join()
    if trouble is None and not best.is_whole:
        trouble = f"stopped after {len(best.gaps)} λ"
    elif trouble is None and not best.is_good:
        trouble = "did not converge at any tolerance"
    return best, None if best is not None and best.is_good else trouble


def programs(espalier_path):
    return [
        Program("espalier", espalier(espalier_path), GAP_MAX, GAP_MAX),
        Program("glmnet (python-glmnet)", glmnet, 1e-6, 1e-13),
        Program("skglm", skglm, 1e-3, 1e-8),
        Program("celer", celer, GAP_MAX, 1e-9, has_intercept=False),
        Program("scikit-learn liblinear", liblinear, 1e-2, 1e-8, has_intercept=False),
        Program("scikit-learn saga", saga, 1e-3, 1e-8),
    ]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("espalier")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--columns", type=int, default=500)
    parser.add_argument("--lambdas", type=int, default=100)
    parser.add_argument("--limit", type=float, default=300, help="seconds of one path")
    parser.add_argument("--only", nargs="*", help="first words of programs beside espalier")
    arguments = parser.parse_args()
    x, y = problem(arguments.rows, arguments.columns)
    largest = np.abs(x.T @ (y - y.mean())).max() / y.size
    lambdas = largest * 10.0 ** (-3 * np.arange(arguments.lambdas) / (arguments.lambdas - 1))
    print(
        f"{arguments.rows} × {arguments.columns} dense, {arguments.lambdas} λ, logistic loss, gap"
        f" ≤ {GAP_MAX:g} at each λ")
    print(
        f"{'':26}{'seconds':>9}{'× ours':>8}{'largest gap':>13}{'tolerance':>11}{'weights':>9}"
        "  intercept")
    ours = math.nan
    for program in programs(arguments.espalier):
        if arguments.only and program.name.split()[0] not in arguments.only + ["espalier"]:
            continue
        best, trouble = run(program, x, y, list(lambdas), arguments.limit)
        if best is None:
            print(f"{program.name:26} failed: {trouble}", flush=True)
            continue
        ours = best.seconds if program.name == "espalier" else ours
        print(
            f"{program.name:26}{best.seconds:9.2f}{best.seconds / ours:8.1f}"
            f"{max(best.gaps):13.1e}{best.tolerance:11.1e}{best.weights:9}"
            f"  {'free' if program.has_intercept else 'none'}"
            + (f"  FAILED: {trouble}" if trouble else ""),
            flush=True)


if __name__ == "__main__":
    main()
