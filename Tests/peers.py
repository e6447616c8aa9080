"""A path of 100 λ, logistic loss, 20,000 × 500 dense, side by side in one run.

    peers.py ESPALIER [--rows N] [--columns P] [--lambdas K]

Every program gets the same standardised numbers and the same λ and is asked for a duality gap of at
most 1e-6; what it reaches is computed here for all alike, since each stops by a rule of its own.
Times are of the fits alone, one thread, without reading files.
"""

import argparse, json, os, subprocess, tempfile, time, warnings

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np

warnings.filterwarnings("ignore")


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


def gap(x, y, weight, intercept, strength):
    """Objective less the dual value at the slopes, shrunk until they are feasible."""
    margin = x @ weight + intercept
    # The best intercept for these weights, as the dual asks for.
    for _ in range(50):
        p = 1 / (1 + np.exp(-(margin)))
        step = (p - y).mean() / (p * (1 - p)).mean()
        margin -= step
        if abs(step) < 1e-14:
            break
    slope = 1 / (1 + np.exp(-margin)) - y
    primal = np.mean(np.logaddexp(0, margin) - y * margin) + strength * np.abs(weight).sum()
    slope *= min(1, strength / max(1e-300, np.abs(x.T @ slope).max() / y.size))
    p = np.clip(slope + y, 0, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.nan_to_num(p * np.log(p)) + np.nan_to_num((1 - p) * np.log1p(-p))
    return primal + terms.mean()


def espalier(program, x, y, lambdas):
    """Its own clock: reading the table is left out there as it is here."""
    with tempfile.TemporaryDirectory() as folder:
        table, out = f"{folder}/table.csv", f"{folder}/path.json"
        header = ",".join([f"x{k}" for k in range(x.shape[1])] + ["y"])
        np.savetxt(table, np.column_stack([x, y]), "%.17g", ",", header=header, comments="")
        command = [program, "fit", table, "--label", "y", "--tolerance", "1e-6", "--gap-alone"]
        command += ["--out", out, "--lambda"] + [repr(float(v)) for v in lambdas]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        document = json.load(open(out))
    names = [f"x{k}" for k in range(x.shape[1])]
    fits = []
    for point in document["paths"][0]["points"]:
        weights = point["weights"]
        fits.append(
            (
                np.array([weights.get(name, {"weight": 0})["weight"] for name in names]),
                point["intercept"],
            )
        )
    return document["fitSeconds"], fits


def timed(fit):
    start = time.perf_counter()
    fits = fit()
    return time.perf_counter() - start, fits


def sklearn_path(x, y, lambdas):
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(
        penalty="l1", solver="saga", warm_start=True, tol=1e-5, max_iter=2000)
    fits = []
    for value in lambdas:
        model.C = 1 / (value * y.size)
        model.fit(x, y)
        fits.append((model.coef_[0].copy(), model.intercept_[0]))
    return fits


def sklearn_liblinear(x, y, lambdas):
    from sklearn.linear_model import LogisticRegression

    fits = []
    for value in lambdas:
        model = LogisticRegression(
            penalty="l1", solver="liblinear", C=1 / (value * y.size), tol=1e-4,
            intercept_scaling=100)
        model.fit(x, y)
        fits.append((model.coef_[0].copy(), model.intercept_[0]))
    return fits


def glmnet_path(x, y, lambdas):
    from glmnet import LogitNet

    model = LogitNet(
        alpha=1, lambda_path=np.array(lambdas), n_splits=0, standardize=False, tol=1e-7)
    model.fit(x, y)
    coefficients = model.coef_path_.reshape(x.shape[1], -1)
    intercepts = np.ravel(model.intercept_path_)
    return [(coefficients[:, k], intercepts[k]) for k in range(coefficients.shape[1])]


def skglm_path(x, y, lambdas):
    from skglm import GeneralizedLinearEstimator
    from skglm.datafits import Logistic
    from skglm.penalties import L1
    from skglm.solvers import ProxNewton

    sign = 2 * y - 1
    fits = []
    model = GeneralizedLinearEstimator(
        Logistic(), L1(1.0), ProxNewton(warm_start=True, fit_intercept=True, tol=1e-5))
    model.warm_start = True
    for value in lambdas:
        model.penalty.alpha = value
        model.fit(x, sign)
        fits.append((np.ravel(model.coef_).copy(), float(np.ravel(model.intercept_)[0])))
    return fits


def celer_path(x, y, lambdas):
    """celer's logistic regression has no intercept: the last column is one that is penalised."""
    from celer import LogisticRegression

    wide = np.asfortranarray(np.column_stack([x, np.full(y.size, 100.0)]))
    model = LogisticRegression(C=1, warm_start=True, tol=1e-6, max_iter=50)
    fits = []
    for value in lambdas:
        model.C = 1 / (value * y.size)
        model.fit(wide, 2 * y - 1)
        fits.append((model.coef_[0][:-1].copy(), 100 * model.coef_[0][-1]))
    return fits


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("espalier")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--columns", type=int, default=500)
    parser.add_argument("--lambdas", type=int, default=100)
    parser.add_argument("--only", nargs="*")
    arguments = parser.parse_args()
    x, y = problem(arguments.rows, arguments.columns)
    largest = np.abs(x.T @ (y - y.mean())).max() / y.size
    lambdas = largest * 10.0 ** (-3 * np.arange(arguments.lambdas) / (arguments.lambdas - 1))
    small = problem(200, 5)
    peers = {
        "glmnet (python-glmnet)": glmnet_path,
        "skglm": skglm_path,
        "celer": celer_path,
        "scikit-learn liblinear": sklearn_liblinear,
        "scikit-learn saga": sklearn_path,
    }
    print(f"{arguments.rows} × {arguments.columns} dense, {arguments.lambdas} λ, logistic loss")
    print(f"{'':26}{'seconds':>10}{'× ours':>9}{'largest gap':>14}{'weights':>9}")
    ours = None
    for name, fit in [("espalier", None)] + list(peers.items()):
        if arguments.only and name.split()[0] not in arguments.only + ["espalier"]:
            continue
        try:
            if fit is None:
                seconds, fits = espalier(arguments.espalier, x, y, lambdas)
                ours = seconds
            else:
                fit(*small, [0.1, 0.01])  # what is compiled at first use is not counted
                seconds, fits = timed(lambda: fit(x, y, list(lambdas)))
        except ImportError as error:
            print(f"{name:26} not installed: {error}")
            continue
        gaps = [gap(x, y, w, b, v) for (w, b), v in zip(fits, lambdas)]
        count = int(np.count_nonzero(fits[-1][0]))
        print(
            f"{name:26}{seconds:10.2f}{seconds / ours:9.1f}{max(gaps):14.1e}{count:9}", flush=True)


if __name__ == "__main__":
    main()
