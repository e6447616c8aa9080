import Foundation
import JSON
import TestSupport
import Testing

/// Another client of the HTTP API than ours, which holds answers to `schemas/http.openapi.json`.
struct HTTPClient {
    private static let python = PythonProgram(importing: "jsonschema", "prometheus_client.parser")
    static var isAvailable: Bool { python != nil }

    private static let source = """
        import json, sys, urllib.error, urllib.request, jsonschema
        from prometheus_client.parser import text_string_to_metric_families
        contract = json.load(open(sys.argv[2]))
        def schema(node):
            while "$ref" in node and "schema" not in node:
                if node["$ref"].startswith("#/components/schemas/"):
                    break
                target = contract
                for part in node["$ref"].split("/")[1:]:
                    target = target[part]
                node = target
            return node
        for line in sys.stdin:
            call = json.loads(line)
            path, body = call["path"], call.get("body")
            request = urllib.request.Request(
                sys.argv[1] + path, body.encode() if body is not None else None,
                method="POST" if body is not None else "GET")
            try:
                answer = urllib.request.urlopen(request, timeout=30)
            except urllib.error.HTTPError as error:
                answer = error
            text, status = answer.read().decode(), answer.status
            verdict, samples = "good", {}
            operations = contract["paths"].get(path.split("?")[0])
            if operations:
                told = operations["post" if body is not None else "get"]["responses"]
                content = schema(told[str(status)])["content"]
                kind = answer.headers["content-type"]
                media = content[kind if kind in content else kind.split(";")[0]]
                if "schema" in media:
                    rules = {**media["schema"], "components": contract["components"]}
                    errors = jsonschema.Draft202012Validator(rules).iter_errors(json.loads(text))
                    verdict = "; ".join(e.message for e in errors) or "good"
            if path == "/metrics":
                for family in text_string_to_metric_families(text):
                    for sample in family.samples:
                        samples[sample.name] = samples.get(sample.name, 0) + sample.value
            print(json.dumps({"status": status, "body": text, "verdict": verdict,
                "samples": samples}).replace("NaN", "null"))
        """

    struct Call {
        var path: String
        /// Posted; nil gets.
        var body: String?
    }

    struct Reply {
        let status: Int
        let body: String
        let verdict: String
        let samples: JSONValue?

        var document: JSONValue? { try? JSONValue(parsing: unsafe Array(body.utf8).span.bytes) }
    }

    let address: String

    /// The answers, in order, each held to the contract.
    func send(_ calls: [Call]) throws -> [Reply] {
        let lines = calls.map { call in
            let body = call.body.map { "\"\($0.replacing("\"", with: "\\\""))\"" } ?? "null"
            return "{\"path\":\"\(call.path)\",\"body\":\(body)}\n"
        }
        let contract = "\(SharedData.packageRoot)/schemas/http.openapi.json"
        let output = try #require(
            Self.python?.output(of: Self.source, [address, contract], input: lines.joined()))
        return try output.split(separator: "\n").map { line in
            let reply = try #require(
                try? JSONValue(parsing: unsafe Array(line.utf8).span.bytes), "\(output)")
            return Reply(
                status: Int(try #require(reply["status"]?.integer, "\(output)")),
                body: try #require(reply["body"]?.string),
                verdict: try #require(reply["verdict"]?.string), samples: reply["samples"])
        }
    }
}
