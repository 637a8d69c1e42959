"""The alert rules and the dashboard in deploy/ ask only for metrics, labels and values that `/metrics` has."""

import json
import re
from collections.abc import Iterator

import pytest
from prometheus_client import Metric
from tests.laws.source import ROOT

from boekbrug import watching
from boekbrug.domain.states import BookingState
from boekbrug.queue.port import Health
from boekbrug.store.models import IntegrationState
from boekbrug.store.reading.metrics import PARTIES, BudgetLeft, Figures
from boekbrug.sync.failures import RESULTS
from boekbrug.sync.ports import Step

RULES = ROOT / "deploy" / "prometheus" / "boekbrug.rules.yml"
DASHBOARD = ROOT / "deploy" / "grafana" / "boekbrug.json"
DOCS = ROOT / "docs" / "how-to" / "watch-it-run.md"
SELECTOR = re.compile(r"(boekbrug_\w+)(?:\{([^}]*)\})?")
LABEL = re.compile(r'(\w+)\s*(?:=~|!=|!~|=)\s*"([^"]*)"')

FIGURES = Figures(
    bookings=dict.fromkeys(BookingState, 1),
    pdfs={"due": 1, "missing": 1},
    calls={f"{party} {result}": 1 for party in (*PARTIES, "exact-login") for result in RESULTS},
    delays={},
    budgets=[
        BudgetLeft(party=party, window=window, calls=1, lowest_share=1.0, used_up=0)
        for party in PARTIES
        for window in ("minute", "day")
    ],
    due=dict.fromkeys(Step, 1),
    failing=dict.fromkeys(Step, 1),
    queue_age_seconds=0.0,
    unknown_outcomes=0,
    unknown_age_seconds=0.0,
    koppelingen=dict.fromkeys(IntegrationState.values, 1),
    red=dict.fromkeys(PARTIES, 0),
    findings=0,
    notices=0,
)
HEALTH = Health(workers=1, waiting=0, running=0, failed=0, oldest_waiting_seconds=None)


def families() -> list[Metric]:
    return list(watching.Everything(lambda: (FIGURES, HEALTH)).collect())


def exposed() -> dict[str, dict[str, set[str]]]:
    """Each name that is exposed, with its labels and their values."""
    found: dict[str, dict[str, set[str]]] = {}
    for family in families():
        for sample in family.samples:
            labels = found.setdefault(sample.name, {})
            for label, value in sample.labels.items():
                labels.setdefault(label, set()).add(value)
    return found


def rules() -> list[str]:
    """The expressions of the alert rules, folded ones too."""
    folded = re.compile(r"expr: >-\n((?:\s{10}.*\n)+)")
    text = folded.sub(lambda found: f"expr: {' '.join(found[1].split())}\n", RULES.read_text())
    return re.findall(r"^\s+expr: (.+)$", text, re.MULTILINE)


def panels() -> Iterator[str]:
    """The expressions of the dashboard."""
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        for target in panel["targets"]:
            yield target["expr"]


@pytest.mark.parametrize("expression", [*rules(), *panels()])
def test_an_expression_asks_for_what_is_there(expression: str) -> None:
    have = exposed()
    for name, inside in SELECTOR.findall(expression):
        assert name in have
        for label, values in LABEL.findall(inside):
            assert label in have[name], name
            assert set(values.split("|")) <= have[name][label], name
    for label in re.findall(r"by \(([^)]*)\)", expression):
        names = [name for name, _ in SELECTOR.findall(expression)]
        assert all(one.strip() in have[name] for one in label.split(",") for name in names)


def test_every_rule_has_an_alert_a_severity_and_a_sentence() -> None:
    text = RULES.read_text()
    count = len(rules())
    assert count == text.count("- alert: ") == text.count("severity: ") == text.count("summary: ") > 5


def test_legends_name_labels_that_are_there() -> None:
    have = exposed()
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        for target in panel["targets"]:
            [name, *_] = (name for name, _ in SELECTOR.findall(target["expr"]))
            assert set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) <= have[name].keys()


def test_every_metric_and_every_alert_is_explained() -> None:
    text = DOCS.read_text()
    assert [family.name for family in families() if f"`{family.name}" not in text] == []
    assert [name for name in re.findall(r"- alert: (\w+)", RULES.read_text()) if f"`{name}`" not in text] == []


def test_the_example_of_prometheus_reads_the_address_that_we_have() -> None:
    text = (RULES.parent / "prometheus.example.yml").read_text()
    assert f"rule_files: [{RULES.name}]" in text
    assert 'targets: ["127.0.0.1:8100"]' in text
