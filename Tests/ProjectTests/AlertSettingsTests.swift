import Testing

@testable import Project

/// Faults of the sections `drift` and `alerts`, told where they stand.
@Suite struct AlertSettingsTests {
    private func faults(_ rest: String) -> [String] {
        ProjectSource.faults(ProjectSource.file(features: "f: amount", rest: rest))
    }

    @Test(arguments: [
        ("drift: {}", nil),
        ("alerts: {}", nil),
        (
            "alerts: {silences: [{rule: broken-feild, until: 2026-05-01T00:00:00Z, reason: r}]}",
            "9:28: found unknown rule `broken-feild`; expected one of `rules`"
        ),
        (
            "alerts: {objectives: {o: {bad: rejects, target: 0.9, burn: simple}}, "
                + "silences: [{rule: o-burns-4x, until: 2026-05-01T00:00:00Z, reason: r}]}", nil
        ),
        ("drift: {window: 7m}", "9:17: found windows of 420s beside statistics over 300s, 3600s"),
        ("statistics: {windows: [7m]}\nalerts: {}", "10:9: found windows of 3600s beside"),
        ("drift: {widow: 1h}", "9:9: found unknown key `widow` in drift"),
        ("drift: {window: 2d, baseline: 1d}", "9:31: found a baseline shorter than a window"),
        ("drift: {window: 1h, slide: 30m, baseline: {ago: 7d, span: 2h}}", nil),
        ("drift: {window: 1h, slide: 25m}", "9:28: found a window that is no multiple of `slide`"),
        (
            "drift: {window: 1h, baseline: {ago: 30m}}",
            "9:31: found a past baseline that reaches into the window"
        ),
        (
            "drift: {window: 5m, baseline: {ago: 30d}}",
            "9:31: found a past baseline of 1 panes, 8640 ago"
        ),
        ("drift: {baseline: may}", "9:19: found unknown period `may`; expected a duration such"),
        (
            "drift: {periods: {may: {from: 2026-05-01T00:00:00Z, to: 2026-05-01T00:00:00Z}}}",
            "9:57: found text `2026-05-01T00:00:00Z`; expected a time after `from`"
        ),
        (
            "drift: {periods: {may: {from: 2026-05-01T00:00:00Z, to: 2026-06-01T00:00:00Z}}, "
                + "baseline: may}", nil
        ),
        ("model: {learning: {enabled: false}}\ndrift: {baseline: training}", nil),
        (
            "drift: {periods: {training: {from: 2026-05-01T00:00:00Z, to: 2026-06-01T00:00:00Z}}}",
            "9:19: found period `training`; expected another name"
        ),
        ("drift: {baseline: trainin}", "9:19: found unknown period `trainin`; expected a duration"),
        ("drift: {thresholds: {psy: 1}}", "9:22: found unknown key `psy` in thresholds"),
        ("drift: {thresholds: {psi: 0}}", "9:27: found number `0`; expected a number above 0"),
        ("drift: {accepted: {f: 2026-05-01T00:00:00Z}}", nil),
        (
            "drift: {accepted: {ff: 2026-05-01T00:00:00Z}}",
            "9:20: found unknown feature `ff`; expected a declared feature"
        ),
        ("drift: {significance: 2}", "9:23: found number `2`; expected a false discovery rate"),
        (
            "alerts: {rules: {r: {signal: drift.psy, above: 1, severity: page}}}",
            "9:30: found unknown signal `drift.psy`; expected a signal such as"
        ),
        (
            "alerts: {rules: {r: {signal: lag, severity: page}}}",
            "9:21: found no limit; expected either `above` or `below`"
        ),
        (
            "alerts: {rules: {r: {signal: lag, above: 1, below: 2, severity: page}}}",
            "9:21: found two limits"
        ),
        (
            "alerts: {rules: {r: {signal: lag, above: 1, clear: 2, severity: page}}}",
            "9:52: found number `2`; expected a number of at most 1"
        ),
        (
            "alerts: {rules: {r: {signal: drift, features: [g], above: 1, severity: page}}}",
            "9:48: found unknown feature `g`"
        ),
        (
            "alerts: {rules: {r: {signal: lag, features: [f], above: 1, severity: page}}}",
            "9:45: found a list; expected no features"
        ),
        (
            "alerts: {rules: {r: {signal: lag, above: 1, severity: pager}}}",
            "9:55: found text `pager`; expected one of `ticket`, `page`; did you mean `page`?"
        ),
        (
            "alerts: {objectives: {o: {bad: latency, target: 0.9}}}",
            "9:26: found no `above`; expected a duration"
        ),
        (
            "alerts: {objectives: {o: {bad: rejects, target: 1}}}",
            "9:49: found number `1`; expected a share"
        ),
        ("alerts: {routes: [{receiver: team}]}", "9:30: found unknown receiver `team`"),
        (
            "alerts: {receivers: {team: {url: localhost}}}",
            "9:34: found text `localhost`; expected an address"
        ),
        (
            "alerts: {silences: [{until: tomorrow, reason: why}]}",
            "9:29: found text `tomorrow`; expected a time with its zone"
        ),
        (
            "alerts: {maintenance: [{from: 2026-01-02T00:00:00Z, to: 2026-01-01T00:00:00Z, "
                + "reason: x}]}",
            "9:57: found text `2026-01-01T00:00:00Z`; expected a time after `from`"
        ),
    ])
    func faultsAreToldWhereTheyStand(section: String, fault: String?) throws {
        let found = faults(section)
        guard let fault else {
            #expect(found == [])
            return
        }
        #expect(try #require(found.first).hasPrefix(fault), "\(found)")
    }
}
