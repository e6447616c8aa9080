internal import Bytes
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import NIOCore
internal import Pipeline
internal import Worker

/// From paths to what a service shows (`schemas/http.openapi.json`).
struct ServiceRoutes<View: ServiceView>: Sendable {
    private let view: View
    private let question: FeatureQuestion

    /// The largest question, in bytes.
    private static var bodyBytesMax: Int { 1 << 20 }

    init(_ view: View) {
        self.view = view
        question = FeatureQuestion(of: view.plan)
    }

    var router: Router<BasicRequestContext> {
        let router = Router()
        router.get("/") { _, _ in
            Self.response("text/html; charset=utf-8", ByteBuffer(string: Dashboard.page))
        }
        router.get("/health/live") { _, _ in Self.response(.object(["alive": .bool(true)])) }
        router.get("/health/ready") { _, _ in ready }
        router.get("/metrics") { _, _ in
            Self.response(Metric.contentType, Self.buffer(Metric.text(view.metrics)))
        }
        router.get("/v1/status") { _, _ in Self.response(view.status) }
        router.get("/v1/features") { _, _ in Self.response(view.catalogue) }
        router.get("/v1/lookup") { request, _ in
            await answer { () throws(RequestError) in
                try question.query(Self.parameters(of: request))
            }
        }
        router.post("/v1/lookup") { request, _ in
            guard let body = try? await request.body.collect(upTo: Self.bodyBytesMax) else {
                return Self.refusal(
                    RequestError(
                        status: 413,
                        message: "found a longer question; expected \(Self.bodyBytesMax) bytes"))
            }
            return await answer { () throws(RequestError) in
                try question.query(parsing: body.readableBytesSpan)
            }
        }
        return router
    }

    private static func parameters(of request: Request) -> [(name: String, value: String)] {
        request.uri.queryParameters.map { (name: String($0.key), value: String($0.value)) }
    }

    private var ready: Response {
        let (phase, isReady) = view.phase
        var response = Self.response(.object(["phase": .string(phase)]))
        if !isReady { response.status = .serviceUnavailable }
        return response
    }

    // MARK: Lookup

    private func answer(
        _ query: () throws(RequestError) -> FeatureQuery
    ) async -> Response {
        do throws(RequestError) {
            let query = try query()
            let answer = try Self.answer(in: await view.answer(query))
            return Self.response(
                "application/json",
                Self.buffer(answer.json(query.features, names: question.quotedNames)))
        } catch {
            return Self.refusal(error)
        }
    }

    private static func answer(in reply: LookupReply) throws(RequestError) -> FeatureAnswer {
        switch reply {
        case .answer(let answer): return answer
        case .notServing(let phase):
            throw RequestError(
                status: 503,
                message: "found a service that is \(phase.rawValue); expected one that is running "
                    + "(each instance knows the entities of its own partitions)")
        case .busy:
            throw RequestError(
                status: 503, message: "found workers too busy to answer in time; try again")
        }
    }

    // MARK: Responses

    private static func refusal(_ error: RequestError) -> Response {
        var response = response(.object(["error": .string(error.message)]))
        response.status = HTTPResponse.Status(code: error.status)
        return response
    }

    private static func response(_ document: JSONValue) -> Response {
        var writer = ByteWriter()
        document.write(to: &writer)
        return response("application/json", buffer(writer))
    }

    private static func response(_ type: String, _ body: ByteBuffer) -> Response {
        Response(
            status: .ok, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: body))
    }

    private static func buffer(_ writer: consuming ByteWriter) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeBytes(writer.bytes)
        return buffer
    }
}
