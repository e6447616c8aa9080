internal import ArgumentParser
internal import Events
internal import Features
internal import Glibc
internal import Kafka
internal import Registry
internal import Simulation
internal import Storage
internal import Worker

/// Why a command ends without having done its work: the exit code, and what is said on the standard
/// error.
struct Failure: Error, Equatable {
    let status: ExitStatus
    /// One or more lines without a final line end.
    let message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    /// The one place where errors of all layers get their exit code.
    init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as KafkaError: self.init(error.exitStatus, "\(error)")
        case let error as WorkerError: self.init(error.exitStatus, "\(error)")
        case let error as StorageError: self.init(error.exitStatus, "\(error)")
        case let error as RegistryError: self.init(error.exitStatus, "\(error)")
        case let error as SimulationError: self.init(.usage, "\(error)")
        case let error as FeatureError: self.init(.configuration, "\(error)")
        case let error as SchemaError: self.init(.configuration, "schema: \(error)")
        default: self.init(parsing: error)
        }
    }

    /// Errors of the argument parser, requests for help and for the version among them.
    private init(parsing error: any Error) {
        let code = Espalier.exitCode(for: error).rawValue
        let text = Espalier.fullMessage(for: error)
        switch code {
        case 0: self.init(.success, text)
        case ExitStatus.usage.rawValue:
            let prefix = "Error: "
            self.init(.usage, text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text)
        default: self.init(.fault, "unexpected error: \(error)")
        }
    }

    /// Says why and ends the process; help and version go to the standard output.
    func exit() -> Never {
        if status == .success {
            if !message.isEmpty { print(message) }
        } else {
            Terminal.error.write("espalier: \(message)\n")
        }
        Glibc.exit(status.rawValue)
    }
}

extension KafkaError {
    fileprivate var exitStatus: ExitStatus {
        switch code {
        case .unknownProperty, .invalidArgument, .unreadableFile, .unsupportedFeature:
            .configuration
        case .messageTooLarge: .data
        default: .unavailable
        }
    }
}

extension WorkerError {
    fileprivate var exitStatus: ExitStatus {
        switch self {
        case .kafka(let error): error.exitStatus
        case .schema, .partitionsDiffer: .configuration
        case .recovery: .data
        case .undelivered, .journalSilent: .unavailable
        }
    }
}

extension StorageError {
    fileprivate var exitStatus: ExitStatus {
        switch self {
        case .system: .inputOutput
        case .truncated, .corrupt, .recordTooLong, .unclosedQuote: .data
        }
    }
}
