import Foundation
import Glibc
import Synchronization

/// As much of Kafka's protocol as creating topics takes, which the embedded broker lacks: one
/// broker, its metadata, and CreateTopics (version 4). Written from the protocol's description.
///
/// A topic called `old` exists already, one called `bad` is refused, any other is created.
final class StubBroker: Sendable {
    struct Creation: Equatable {
        var name: String
        var partitions: Int32
        var replication: Int16
        var configuration: [String: String]
    }

    let port: UInt16
    private let listener: Int32
    private let received = Mutex<[Creation]>([])

    var creations: [Creation] { received.withLock { $0 } }
    var bootstrapServers: String { "127.0.0.1:\(port)" }

    init() throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        try unsafe withUnsafeMutablePointer(to: &address) { pointer in
            try unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                guard unsafe bind(listener, raw, length) == 0, listen(listener, 8) == 0,
                    unsafe getsockname(listener, raw, &length) == 0
                else { throw POSIXError(.EADDRINUSE) }
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                Thread.detachNewThread { [weak self] in
                    while let request = Self.read(connection), let self {
                        self.serve(request, connection)
                    }
                    close(connection)
                }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private func serve(_ request: [UInt8], _ connection: Int32) {
        var request = Reader(bytes: request)
        let kind = request.int16()
        let version = request.int16()
        var answer = Writer()
        answer.int32(request.int32())  // correlation
        _ = request.string()  // client
        switch (kind, version) {
        case (18, 0): answerVersions(&answer)
        case (18, _):
            answer.int16(35)
            answer.int32(0)  // an older version, please
        case (3, _): answerMetadata(&answer)
        case (19, 4): answerCreation(&request, &answer)
        default: return
        }
        var framed = Writer()
        framed.int32(Int32(answer.bytes.count))
        framed.bytes += answer.bytes
        unsafe Glibc.send(connection, framed.bytes, framed.bytes.count, Int32(MSG_NOSIGNAL))
    }

    private func answerVersions(_ answer: inout Writer) {
        let versions: [(kind: Int16, newest: Int16)] = [(3, 1), (18, 0), (19, 4)]
        answer.int16(0)
        answer.int32(Int32(versions.count))
        for version in versions {
            answer.int16(version.kind)
            answer.int16(0)
            answer.int16(version.newest)
        }
    }

    private func answerMetadata(_ answer: inout Writer) {
        answer.int32(1)  // one broker, in no rack
        answer.int32(1)
        answer.string("127.0.0.1")
        answer.int32(Int32(port))
        answer.string(nil)
        answer.int32(1)  // which is the controller
        answer.int32(0)  // no topics
    }

    private func answerCreation(_ request: inout Reader, _ answer: inout Writer) {
        let count = request.int32()
        answer.int32(0)  // not throttled
        answer.int32(count)
        for _ in 0..<count {
            let name = request.string() ?? ""
            var creation = Creation(
                name: name, partitions: request.int32(), replication: request.int16(),
                configuration: [:])
            _ = request.int32()  // no assignments
            for _ in 0..<request.int32() {
                creation.configuration[request.string() ?? ""] = request.string()
            }
            received.withLock { $0.append(creation) }
            answer.string(name)
            answer.int16(name == "old" ? 36 : name == "bad" ? 44 : 0)
            answer.string(name == "bad" ? "not in this house" : nil)
        }
    }

    private static func read(_ connection: Int32) -> [UInt8]? {
        guard let size = readExactly(4, connection) else { return nil }
        var reader = Reader(bytes: size)
        return readExactly(Int(reader.int32()), connection)
    }

    private static func readExactly(_ count: Int, _ connection: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        let found = unsafe recv(connection, &bytes, count, Int32(MSG_WAITALL))
        return found == count ? bytes : nil
    }
}

private struct Reader {
    var bytes: [UInt8]
    var position = 0

    mutating func int16() -> Int16 { Int16(truncatingIfNeeded: integer(2)) }
    mutating func int32() -> Int32 { Int32(truncatingIfNeeded: integer(4)) }

    mutating func string() -> String? {
        let count = Int(int16())
        guard count >= 0 else { return nil }
        defer { position += count }
        return String(decoding: bytes[position..<position + count], as: UTF8.self)
    }

    private mutating func integer(_ size: Int) -> Int {
        defer { position += size }
        return bytes[position..<position + size].reduce(0) { $0 << 8 | Int($1) }
    }
}

private struct Writer {
    var bytes: [UInt8] = []

    mutating func int16(_ value: Int16) { bigEndian(value) }
    mutating func int32(_ value: Int32) { bigEndian(value) }

    mutating func string(_ text: String?) {
        int16(Int16(text?.utf8.count ?? -1))
        bytes += text.map { Array($0.utf8) } ?? []
    }

    private mutating func bigEndian(_ value: some FixedWidthInteger) {
        for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
