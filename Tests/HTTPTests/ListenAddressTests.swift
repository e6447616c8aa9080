import Testing

@testable import HTTP

struct ListenAddressTests {
    @Test(arguments: [
        ("8080", "127.0.0.1:8080"), ("0.0.0.0:80", "0.0.0.0:80"), ("[::1]:9", "[::1]:9"),
        ("host:0", "host:0"),
    ])
    func reads(text: String, address: String) {
        #expect(ListenAddress(text)?.description == address)
    }

    @Test(arguments: ["", ":80", "host", "host:", "host:65536", "host:-1", "::1:80", "a:+5"])
    func refuses(text: String) {
        #expect(ListenAddress(text) == nil)
    }
}
