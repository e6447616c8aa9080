internal import Bytes
internal import Foundation
#if canImport(FoundationNetworking)
    internal import FoundationNetworking
#endif
internal import JSON
internal import Synchronization

/// An MLflow tracking server's REST API 2.0 (https://mlflow.org/docs/latest/rest-api.html).
/// Every call waits for its answer, half a minute at most.
struct MLflowServer {
    private let base: String
    private let authorization: String?

    private static let patienceSeconds = 30.0
    private static let answerBytesMax = 16 << 20

    /// A server as `http://host:5000`; credentials, where there are any, from the environment as
    /// MLflow's own clients read them.
    init(_ address: String, environment: [String: String]) throws(Failure) {
        guard let url = URL(string: address), let scheme = url.scheme, url.host != nil,
            ["http", "https"].contains(scheme)
        else {
            throw Failure(.usage, "found \"\(address)\"; expected http://HOST:PORT or https://…")
        }
        base = address.hasSuffix("/") ? String(address.dropLast()) : address
        if let token = environment["MLFLOW_TRACKING_TOKEN"] {
            authorization = "Bearer \(token)"
        } else if let name = environment["MLFLOW_TRACKING_USERNAME"],
            let password = environment["MLFLOW_TRACKING_PASSWORD"]
        {
            let pair = Data("\(name):\(password)".utf8).base64EncodedString()
            authorization = "Basic \(pair)"
        } else {
            authorization = nil
        }
    }

    /// What the server answers to a document; nil when it answers that there is no such thing, or
    /// that there is one already.
    func post(_ method: String, _ document: JSONObject) throws(Failure) -> JSONValue? {
        var writer = ByteWriter()
        JSONValue.object(document).write(to: &writer)
        return try call(
            "POST", "/api/2.0/mlflow/\(method)", Data(writer.copy()), type: "application/json")
    }

    /// What the server answers to a query; nil when there is no such thing.
    func get(_ method: String, _ query: [String: String]) throws(Failure) -> JSONValue? {
        var parts = URLComponents()
        parts.queryItems = query.sorted { $0.key < $1.key }.map {
            URLQueryItem(name: $0.key, value: $0.value)
        }
        let text = (parts.percentEncodedQuery ?? "").replacing("+", with: "%2B")
        return try call("GET", "/api/2.0/mlflow/\(method)?\(text)", nil, type: nil)
    }

    /// Stores a file under a path of the server's artifact store.
    func store(_ bytes: [UInt8], at path: String) throws(Failure) {
        let allowed = CharacterSet.urlPathAllowed
        let name = path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path
        let answer = try call(
            "PUT", "/api/2.0/mlflow-artifacts/artifacts/\(name)", Data(bytes),
            type: "application/octet-stream")
        guard answer != nil else {
            throw Failure(.unavailable, "\(base): found no artifact store; expected one it serves")
        }
    }

    private func call(
        _ method: String, _ path: String, _ body: Data?, type: String?
    ) throws(Failure) -> JSONValue? {
        guard let url = URL(string: base + path) else {
            throw Failure(.usage, "found the address \(base)\(path); expected a URL")
        }
        var request = URLRequest(url: url, timeoutInterval: Self.patienceSeconds)
        request.httpMethod = method
        request.httpBody = body
        if let type { request.setValue(type, forHTTPHeaderField: "Content-Type") }
        if let authorization {
            request.setValue(authorization, forHTTPHeaderField: "Authorization")
        }
        let answer = try send(request)
        guard answer.body.count <= Self.answerBytesMax else {
            throw Failure(.unavailable, "\(base): found an answer of \(answer.body.count) bytes")
        }
        let bytes = Array(answer.body)
        let document = try? JSONValue(parsing: unsafe bytes.span.bytes)
        if (200..<300).contains(answer.status) { return document ?? .null }
        let code = document?["error_code"]?.string
        if code == "RESOURCE_DOES_NOT_EXIST" || code == "RESOURCE_ALREADY_EXISTS" { return nil }
        let reason =
            document?["message"]?.string ?? String(decoding: bytes.prefix(300), as: UTF8.self)
        throw Failure(.unavailable, "\(base)\(url.path): status \(answer.status): \(reason)")
    }

    private func send(_ request: URLRequest) throws(Failure) -> (status: Int, body: Data) {
        let outcome = Mutex<Result<(Int, Data), Failure>?>(nil)
        let done = DispatchSemaphore(value: 0)
        let base = base
        let task = URLSession.shared.dataTask(with: request) { body, response, error in
            outcome.withLock { outcome in
                if let status = (response as? HTTPURLResponse)?.statusCode {
                    outcome = .success((status, body ?? Data()))
                } else {
                    let reason = error.map { "\($0.localizedDescription)" } ?? "no answer"
                    outcome = .failure(Failure(.unavailable, "\(base): \(reason)"))
                }
            }
            done.signal()
        }
        task.resume()
        done.wait()
        guard let found = outcome.withLock({ $0 }) else {
            throw Failure(.unavailable, "\(base): no answer")
        }
        let (status, body) = try found.get()
        return (status, body)
    }
}
