internal import Dispatch
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// Serves what a `ServiceView` shows, on a thread of its own.
public final class ServiceServer: Sendable {
    /// Where it listens, the port that was chosen included.
    public let address: ListenAddress
    private let executor: EventLoopExecutor
    private let serving: Task<Void, any Error>

    /// Connections at a time; further ones wait to be accepted.
    private static let connectionsMax = 512
    /// A connection on which nothing comes for so long is closed.
    private static let idlePatience = TimeAmount.seconds(60)

    /// What the thread that starts it waits for.
    private final class Start: Sendable {
        let outcome = Mutex<Result<Int, ServerError>?>(nil)
        let isKnown = DispatchSemaphore(value: 0)

        func note(_ result: Result<Int, ServerError>) {
            let isFirst = outcome.withLock { outcome in
                defer { outcome = outcome ?? result }
                return outcome == nil
            }
            if isFirst { isKnown.signal() }
        }
    }

    /// Begins to serve; comes back when it listens. Not from a task: it waits.
    public init(
        _ view: some ServiceView, at address: ListenAddress
    ) throws(ServerError) {
        let start = Start()
        let routes = ServiceRoutes(view)
        let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let application = Application(
            router: routes.router,
            server: .http1(configuration: .init(idleTimeout: Self.idlePatience)),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port),
                availableConnectionsDelegate: MaximumAvailableConnections(Self.connectionsMax)),
            onServerRunning: { channel in
                start.note(.success(channel.localAddress?.port ?? address.port))
            }, eventLoopGroupProvider: .shared(threads),
            logger: Logger(label: "http") { _ in SwiftLogNoOpLogHandler() })
        let executor = EventLoopExecutor(threads.any())
        self.executor = executor
        serving = Task.detached(executorPreference: executor) {
            do {
                try await application.run()
            } catch {
                start.note(.failure(ServerError(address: address, reason: "\(error)")))
            }
        }
        start.isKnown.wait()
        let outcome = start.outcome.withLock { $0 }
        switch outcome {
        case .success(let port): self.address = ListenAddress(host: address.host, port: port)
        case .failure(let error): throw error
        case .none: throw ServerError(address: address, reason: "it ended")
        }
    }

    /// Ends it; requests under way are cut off.
    public func stop() { serving.cancel() }
}

/// Why there is no server.
public struct ServerError: Error, CustomStringConvertible {
    let address: ListenAddress
    let reason: String

    public var description: String { "could not listen on \(address): \(reason)" }
}
