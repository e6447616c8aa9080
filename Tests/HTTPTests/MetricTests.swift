import Bytes
import Testing

@testable import HTTP

struct MetricTests {
    @Test func textIsThatOfPrometheus() {
        var rejected = Metric("espalier_rejected_total", .counter, "By reason.")
        rejected.add(3, ["reason": "a \"quoted\"\\\n reason"])
        rejected.add(.nan, ["reason": "b", "kind": "c"])
        var latency = Metric("espalier_latency_seconds", .summary, "Latency.")
        latency.add(0.25, ["quantile": "0.5"])
        latency.add(12, suffix: "_count")
        let text = Metric.text([
            rejected, latency, Metric("espalier_none", .gauge, "Left out."),
            Metric("espalier_large", .gauge, "Large.", 1e300),
            Metric("espalier_infinite", .gauge, "Infinite.", -.infinity),
        ])
        #expect(
            String(decoding: text.copy(), as: UTF8.self) == """
                # HELP espalier_rejected_total By reason.
                # TYPE espalier_rejected_total counter
                espalier_rejected_total{reason="a \\"quoted\\"\\\\\\n reason"} 3
                espalier_rejected_total{reason="b",kind="c"} NaN
                # HELP espalier_latency_seconds Latency.
                # TYPE espalier_latency_seconds summary
                espalier_latency_seconds{quantile="0.5"} 0.25
                espalier_latency_seconds_count 12
                # HELP espalier_large Large.
                # TYPE espalier_large gauge
                espalier_large 1e+300
                # HELP espalier_infinite Infinite.
                # TYPE espalier_infinite gauge
                espalier_infinite -Inf

                """)
    }
}
