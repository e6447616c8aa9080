import Foundation
import Glibc
import Synchronization

/// A listening port of this machine: one that takes connections and never answers, or one that
/// answers each request with 200.
final class LoopbackReceiver: Sendable {
    let port: UInt16
    private let socket: Int32
    private let requests = Atomic<Int>(0)

    var address: String { "http://127.0.0.1:\(port)/" }
    var requestCount: Int { requests.load(ordering: .relaxed) }

    init(answers: Bool) {
        let listening = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        unsafe withUnsafeMutablePointer(to: &name) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = unsafe bind(listening, address, size)
                _ = listen(listening, 64)
                _ = unsafe getsockname(listening, address, &size)
            }
        }
        port = UInt16(bigEndian: name.sin_port)
        socket = listening
        if answers { Thread { [self] in answer() }.start() }
    }

    /// Ends the thread that answers.
    func close() {
        _ = shutdown(socket, Int32(SHUT_RDWR))
        _ = Glibc.close(socket)
    }

    private func answer() {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let connection = accept(socket, nil, nil)
            guard connection >= 0 else { return }
            _ = unsafe recv(connection, &buffer, buffer.count, 0)
            requests.add(1, ordering: .relaxed)
            _ = unsafe send(connection, text, text.utf8.count, Int32(MSG_NOSIGNAL))
            _ = Glibc.close(connection)
        }
    }
}
