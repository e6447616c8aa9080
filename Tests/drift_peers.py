"""What `espalier drift` finds in simulated payments, beside scipy, Evidently and NannyML.

    drift_peers.py ESPALIER [--all] [--customers N]

Two weeks of payments are compared with the week after them: once clean, once with each fault, once
in many events and once in a few, of which the quantile sketches hold every value. Peers get the
feature values and scores that `espalier replay` writes of the same events. The table has a line for
each measure and program, with the largest difference that the sketches promise; a peer that differs
by more makes this end with 1. Of a run with a fault it shows the feature at fault and the scores,
with `--all` every feature; all are compared either way.

Where definitions differ, theirs is converted, as is said beside the conversion. Bins are ours, the
baseline's tenths: peers choose equal widths, which a sketch of ranks promises nothing about, so
their formulas get the numbers' tenths as categories. Left out:

  p-values               ours count events that are alike as fewer; peers take all as independent
  chi-square, Evidently  gives nothing but the p-value of another test, the baseline taken as exact
  KS, Evidently          gives nothing but scipy's p-value
  KS and Wasserstein, NannyML, of many events
                         10,000 equal widths from 10,000 events on: no promise from its side
  chi-square, NannyML, of two bins
                         corrected for continuity (Yates), which ours is not
  log loss and Brier score, NannyML
                         it estimates neither; scikit-learn does, of weighted labels
"""

import argparse, itertools, json, math, os, subprocess, sys, tempfile, warnings
from dataclasses import dataclass

os.environ["DO_NOT_TRACK"] = os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
warnings.filterwarnings("ignore")

import nannyml
import numpy as np
import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.metrics import ValueDrift
from nannyml.calibration import NoopCalibrator
from nannyml.thresholds import ConstantThreshold
from scipy.stats import ks_2samp, wasserstein_distance
from sklearn.metrics import brier_score_loss, log_loss

PROJECT = """
project: drift-peers
kafka: {bootstrap.servers: localhost:9092}
events:
  topic: transactions
  format: json
  id: transaction_id
  time: {field: timestamp, unit: ms}
  fields:
    transaction_id: int64
    timestamp: int64
    customer_id: int64
    terminal_id: int64
    amount: double
    merchant_category: string
labels: {topic: fraud-labels, id: transaction_id, value: fraud, maturity: 7d}
features:
  amount:            {value: amount}
  customer_count_7d: {entity: customer_id, aggregate: count, window: 7d}
  customer_mean_7d:  {entity: customer_id, aggregate: mean, of: amount, window: 7d}
  terminal_risk_7d:
    {entity: terminal_id, aggregate: mean, of: label, window: 7d, delay: 7d, otherwise: 0}
  merchant:          {category: merchant_category}
model: {loss: logistic}
"""
NUMBERS = ["amount", "customer_count_7d", "customer_mean_7d", "terminal_risk_7d", "(scores)"]
CATEGORY = "merchant"
BASELINE, TURN = "2018-04-15", "2018-04-29"
FAULTS = {
    "clean": None,
    "shift:amount:+50": "amount",
    "unit": "amount",
    "missing:amount": "amount",
    "new-category:merchant_category": CATEGORY,
}
SHARES = {"missing:amount": "~30%", "new-category:merchant_category": "~10%"}
CUSTOMERS_FEW = 70

SKETCH_SIZE = 2_000
"""k of the quantile sketches; so many values are held exactly."""
ROUNDING = 1e-9
CBPE_ROUNDING = 1e-6
"""NannyML rounds the expected counts of positives to five digits."""


def rank_error(sample):
    """What the sketch of a sample promises of all ranks at once, with 99 %: 2.446 / k^0.9433."""
    return 0 if len(sample) <= SKETCH_SIZE else 2.446 / SKETCH_SIZE**0.9433


# What espalier says, and what it says it of


def espalier(program, folder, *arguments):
    done = subprocess.run(
        [program, *arguments], cwd=folder, capture_output=True, text=True)
    # 1 is drift.
    if done.returncode not in (0, 1 if arguments[0] == "drift" else 0):
        sys.exit(f"espalier {' '.join(arguments)}\n{done.stderr}")
    return done.stdout


def compare(program, folder, customers, fault):
    """The command's report, and both periods' values as the same events give them."""
    faults = [] if fault == "clean" else ["--fault", f"{fault}@{TURN}..{SHARES.get(fault, '')}"]
    espalier(
        program, folder, "simulate", "--days", "35", "--customers", str(customers), "--warm",
        "--out", "events.ndjson", "--labels-out", "labels.ndjson", *faults)
    files = ["project.yaml", "--events", "events.ndjson", "--labels", "labels.ndjson"]
    files += ["--labels-time", "timestamp"]
    if not os.path.exists(f"{folder}/model.json"):
        espalier(program, folder, "replay", *files, "--model-out", "model.json")
    files += ["--model", "model.json"]
    espalier(
        program, folder, "replay", *files, "--features", "features.csv", "--predictions",
        "predictions.ndjson")
    report = json.loads(
        espalier(
            program, folder, "drift", *files, "--baseline", f"{BASELINE}..{TURN}", "--window",
            f"{TURN}..", "--json"))
    values = pd.read_csv(f"{folder}/features.csv")
    predictions = pd.read_json(f"{folder}/predictions.ndjson", lines=True, precise_float=True)
    assert (values["id"] == predictions["id"]).all()
    values["(scores)"] = predictions["score"]
    values[CATEGORY] = "bucket " + values[CATEGORY].astype(str)
    times = pd.to_datetime(values["time"], unit="ms")
    is_before = (times >= BASELINE) & (times < TURN)
    return report, values[is_before], values[times >= TURN]


# What the sketches promise


@dataclass
class Tenths:
    """A number's bins, and how far the shares that two sketches find in them may be off."""

    edges: np.ndarray
    baseline: tuple
    """Least and largest share of each bin."""
    window: tuple
    counts: tuple

    def __init__(self, baseline, window):
        """An edge of the sketch has a rank within the rank error of the one sought, and either
        sample's share at or below an edge is off by its own; a bin's share is a difference."""
        baseline, window = np.sort(baseline), np.sort(window)
        error = rank_error(baseline)
        self.edges = self.quantiles(baseline, 0)
        self.counts = len(baseline), len(window)
        low, high = self.quantiles(baseline, -error), self.quantiles(baseline, error)
        count = min(len(low), len(high))
        self.baseline = self.shares(baseline, low[:count], high[:count])
        self.window = self.shares(window, low[:count], high[:count])

    @staticmethod
    def quantiles(ordered, error):
        """Edges below the greatest value; around it where there are none."""
        ranks = np.ceil((np.arange(1, 10) / 10 + error) * len(ordered)).astype(int)
        edges = ordered[np.clip(ranks - 1, 0, len(ordered) - 1)]
        edges = edges[edges < ordered[-1]]
        return edges if len(edges) else np.array([np.nextafter(ordered[0], -1), ordered[0]])

    @staticmethod
    def shares(ordered, low, high):
        error = rank_error(ordered)
        least = np.searchsorted(ordered, low, "right") / len(ordered) - error
        most = np.searchsorted(ordered, high, "right") / len(ordered) + error
        least, most = np.r_[0, least, 1], np.r_[0, most, 1]
        return np.clip(least[1:] - most[:-1], 0, 1), np.clip(most[1:] - least[:-1], 0, 1)

    def categories(self, sample):
        """The bin of each value, the upper edge included."""
        return pd.Series(np.searchsorted(self.edges, sample)).map("bin {}".format)

    def bounds(self, measure):
        """All that the measure may be. Its terms are convex in both shares and 0 where these are
        equal: largest in a corner, least where the shares are nearest."""
        term, last = self.MEASURES[measure]
        (p, P), (q, Q) = self.baseline, self.window
        corners = [term(a, b, *self.counts) for a in (p, P) for b in (q, Q)]
        apart = np.where(p > Q, term(p, Q, *self.counts), term(P, q, *self.counts))
        least = np.where((p > Q) | (q > P), apart, 0)
        return last(least.sum()), last(np.max(corners, axis=0).sum())

    @staticmethod
    def psi(p, q, n, m):
        """An empty bin counts as 0.0001, or as a millionth of the smallest share up to that."""
        p, q = (np.maximum(s, 1e-4 if k < 10_000 else 1e-6 / k) for s, k in ((p, n), (q, m)))
        return (q - p) * np.log(q / p)

    @staticmethod
    def js(p, q, n, m):
        half = (p + q) / 2
        with np.errstate(divide="ignore", invalid="ignore"):
            parts = np.nan_to_num([p * np.log2(p / half), q * np.log2(q / half)])
        return parts.sum(axis=0) / 2

    @staticmethod
    def hellinger(p, q, n, m):
        return (np.sqrt(p) - np.sqrt(q)) ** 2 / 2

    @staticmethod
    def chi2(p, q, n, m):
        """Pearson's statistic of both samples over all events."""
        return (p - q) ** 2 / np.maximum(p / m + q / n, 1e-300) / (n + m)

    MEASURES = {
        "psi": (psi, float),
        "js": (js, lambda sum: math.sqrt(max(0, sum))),
        "hellinger": (hellinger, math.sqrt),
        "chi2": (chi2, lambda sum: math.sqrt(min(1, sum))),
    }


def quality_promises(scores):
    """Of means over scores: the rank error times how much the function goes up and down on their
    span. Of AUC, pairs over (positives × negatives), to first order: each of the three is off by
    the rank error times such a total."""
    error, low, high = rank_error(scores), scores.min(), scores.max()
    positives = scores.mean()

    def total(function):
        steps = function(np.linspace(max(low, 1e-12), min(high, 1 - 1e-12), 10_001))
        return np.abs(np.diff(steps)).sum()

    return {
        "auc": error * (2 * high / positives + (1 + high) / (1 - positives)),
        "logloss": error * total(lambda p: -p * np.log(p) - (1 - p) * np.log(1 - p)),
        "brier": error * total(lambda p: p * (1 - p)),
        "positives": error * (high - low),
    }


# What peers say


def evidently(baseline, window, pairs, categories):
    """(column, method) to Evidently's value."""
    numbers = [column for column in baseline if column not in categories]
    definition = DataDefinition(numerical_columns=numbers, categorical_columns=categories)
    window, baseline = (
        Dataset.from_pandas(frame, data_definition=definition) for frame in (window, baseline))
    metrics = [ValueDrift(column=column, method=method) for column, method in pairs]
    found = Report(metrics).run(window, baseline).dict()["metrics"]
    return {
        (metric["config"]["column"], metric["config"]["method"]): metric["value"]
        for metric in found}


def last_chunk(result, *keys):
    """A value of all of the window, in one chunk."""
    return float(result.filter(period="analysis").to_df()[keys].iloc[-1])


def drift_of_nannyml(baseline, window, column, method, is_category):
    calculator = nannyml.UnivariateDriftCalculator(
        [column], treat_as_categorical=[column] if is_category else [], chunk_number=1,
        **{f"{'categorical' if is_category else 'continuous'}_methods": [method]})
    result = calculator.fit(baseline[[column]]).calculate(window[[column]])
    return last_chunk(result, column, method, "value")


def missing_of_nannyml(baseline, window, column):
    calculator = nannyml.MissingValuesCalculator([column], normalize=True, chunk_number=1)
    calculator.fit(baseline[[column]])
    now, before = (
        last_chunk(calculator.calculate(frame[[column]]), column, "value")
        for frame in (window, baseline))
    return abs(now - before)


def area_of_nannyml(scores):
    """CBPE of scores as they are; labels are asked for and then not looked at."""
    frame = pd.DataFrame({"p": np.asarray(scores), "y": np.arange(len(scores)) % 2})
    frame["is"] = (frame["p"] >= 0.5).astype(int)
    estimator = nannyml.CBPE(
        metrics=["roc_auc"], y_pred_proba="p", y_pred="is", y_true="y", chunk_number=1,
        problem_type="classification_binary", calibrator=NoopCalibrator(),
        thresholds={"roc_auc": ConstantThreshold(0, 1)})
    return last_chunk(estimator.fit(frame).estimate(frame), "roc_auc", "value")


def expected(loss, scores):
    """Of each score a positive that weighs p and a negative that weighs 1 - p."""
    labels = np.repeat([1, 0], len(scores))
    return loss(labels, np.tile(scores, 2), sample_weight=np.r_[scores, 1 - scores])


# Side by side


@dataclass
class Pair:
    run: str
    feature: str
    measure: str
    ours: float
    peer: str
    theirs: float
    promised: float

    @property
    def is_kept(self):
        return abs(self.ours - self.theirs) <= self.promised

    def __str__(self):
        return (
            f"{self.run:37}{self.feature:19}{self.measure:12}{self.ours:12.6g}{self.theirs:12.6g}"
            f"{self.ours - self.theirs:10.1e}{self.promised:9.1e}  {self.peer}"
            + ("" if self.is_kept else "  BEYOND"))


def numbers(before, now):
    """Of one number, finite values alone: measure, program, value, promise."""
    n, m, sd = len(before), len(now), before.std(ddof=1)
    errors = [rank_error(sample) for sample in (before, now)]
    spans = [sample.max() - sample.min() for sample in (before, now)]
    work = sum(error * span for error, span in zip(errors, spans)) / sd
    yield "ks", "scipy", ks_2samp(before, now).statistic, sum(errors)
    # In the baseline's standard deviations, over n - 1.
    yield "wasserstein", "scipy", wasserstein_distance(before, now) / sd, work
    yield "mean", "numpy", abs(now.mean() - before.mean()) / sd, 0
    yield "variance", "numpy", abs(math.log(now.var(ddof=1) / sd**2)), 0
    columns = [pd.DataFrame({"x": np.asarray(sample)}) for sample in (before, now)]
    # Evidently's standard deviation is over n.
    value = evidently(*columns, [("x", "wasserstein")], [])["x", "wasserstein"]
    yield "wasserstein", "Evidently", value * math.sqrt((n - 1) / n), work
    if n <= SKETCH_SIZE:
        for measure, method, unit in (
            ("ks", "kolmogorov_smirnov", 1), ("wasserstein", "wasserstein", sd)):
            yield measure, "NannyML", drift_of_nannyml(*columns, "x", method, False) / unit, 0
    tenths = Tenths(before, now)
    columns = [pd.DataFrame({"x": tenths.categories(sample)}) for sample in (before, now)]
    for measure, peer, theirs in bins(*columns, "x"):
        low, high = tenths.bounds(measure)
        # A peer outside of the bounds computes something else: then nothing is promised.
        is_within = low - ROUNDING <= theirs <= high + ROUNDING
        yield measure, peer, theirs, max(high - theirs, theirs - low) if is_within else 0


def bins(before, now, column):
    """Of one column of categories: measure, program, value."""
    n, m = before[column].count(), now[column].count()
    pairs = [(column, method) for method in ("psi", "jensenshannon", "hellinger")]
    found = evidently(before[[column]], now[[column]], pairs, [column])
    yield "psi", "Evidently", found[column, "psi"]
    # Natural logarithms, and ours are to base 2; both are the square root of the divergence.
    yield "js", "Evidently", found[column, "jensenshannon"] / math.sqrt(math.log(2))
    yield "hellinger", "Evidently", found[column, "hellinger"]
    for measure, method in (("js", "jensen_shannon"), ("hellinger", "hellinger")):
        yield measure, "NannyML", drift_of_nannyml(before, now, column, method, True)
    if pd.concat([before[column], now[column]]).nunique() > 2:
        statistic = drift_of_nannyml(before, now, column, "chi2", True)
        # Ours is Cramér's V.
        yield "chi2", "NannyML", math.sqrt(statistic / (n + m))


def pairs_of(run, report, before, now):
    """Every pair of one run."""
    reports = {feature["feature"]: feature for feature in report["features"] + [report["scores"]]}
    for feature in NUMBERS + [CATEGORY]:
        measures = reports[feature]["measures"]

        def pair(measure, peer, theirs, promised):
            ours = measures[measure]["value"]
            slack = ROUNDING * max(1, abs(theirs))
            return Pair(run, feature, measure, ours, peer, float(theirs), promised + slack)

        if feature == CATEGORY:
            for measure, peer, theirs in bins(before, now, feature):
                yield pair(measure, peer, theirs, 0)
            theirs = drift_of_nannyml(before, now, feature, "l_infinity", True)
            yield pair("linf", "NannyML", theirs, 0)
        else:
            for found in numbers(before[feature].dropna(), now[feature].dropna()):
                yield pair(*found)
        yield pair("missing", "NannyML", missing_of_nannyml(before, now, feature), 0)
    for period, name, frame in (("before", "baseline", before), ("now", "expected", now)):
        scores = frame["(scores)"]
        theirs = {
            "auc": ("NannyML CBPE", area_of_nannyml(scores), CBPE_ROUNDING),
            "logloss": ("scikit-learn", expected(log_loss, scores), ROUNDING),
            "brier": ("scikit-learn", expected(brier_score_loss, scores), ROUNDING),
            "positives": ("numpy", scores.mean(), ROUNDING),
        }
        promises = quality_promises(scores)
        for measure, (peer, value, slack) in theirs.items():
            ours = report["quality"][name][measure]
            yield Pair(
                run, f"(scores) {period}", measure, ours, peer, value, promises[measure] + slack)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("espalier")
    parser.add_argument("--all", action="store_true", help="show every feature of every run")
    parser.add_argument("--customers", type=int, default=1_000, help="of the many events")
    arguments = parser.parse_args()
    program = os.path.abspath(arguments.espalier)
    print(
        f"{'run':37}{'feature':19}{'measure':12}{'ours':>12}{'theirs':>12}{'differs':>10}"
        f"{'promise':>9}  program")
    pairs = []
    sizes = {"many": arguments.customers, "few": CUSTOMERS_FEW}
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/project.yaml", "w") as file:
            file.write(PROJECT)
        # The first run, clean and large, makes the model of all.
        for size, (fault, at_fault) in itertools.product(sizes, FAULTS.items()):
            report, before, now = compare(program, folder, sizes[size], fault)
            for pair in pairs_of(f"{size} {fault}", report, before, now):
                pairs.append(pair)
                is_of_fault = at_fault in (None, pair.feature) or "(" in pair.feature
                if arguments.all or is_of_fault or not pair.is_kept:
                    print(pair, flush=True)
    beyond = sum(not pair.is_kept for pair in pairs)
    print(f"{len(pairs)} pairs, {beyond} beyond what the sketches promise")
    sys.exit(1 if beyond else 0)


if __name__ == "__main__":
    main()
