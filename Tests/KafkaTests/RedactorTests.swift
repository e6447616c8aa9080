import Testing

@testable import Kafka

@Suite struct RedactorTests {
    @Test(arguments: [
        "sasl.password", "ssl.key.password", "ssl.keystore.password", "ssl.key.pem",
        "sasl.oauthbearer.client.secret", "sasl.oauthbearer.config", "sasl.jaas.config",
        "aws_secret_access_key",
    ])
    func secretsAreKnownByTheirNames(name: String) {
        #expect(Redactor.isSecret(propertyNamed: name))
    }

    @Test(arguments: [
        "ssl.key.location", "ssl.keystore.location", "ssl.ca.location", "sasl.kerberos.keytab",
        "sasl.username", "bootstrap.servers", "enable.sasl.oauthbearer.unsecure.jwt",
        "topic.metadata.propagation.max.ms",
    ])
    func whatIsNoSecretIsShown(name: String) {
        #expect(!Redactor.isSecret(propertyNamed: name))
    }

    @Test func aShortSecretIsTakenOutAsAWordAlone() {
        var redactor = Redactor()
        redactor.add("a")
        redactor.add("ab1")
        #expect(
            redactor.scrub("a broker said \"a\" and ab1, not cab1 or a1")
                == "[redacted] broker said \"[redacted]\" and [redacted], not cab1 or a1")
    }

    @Test func aLongSecretIsTakenOutAnywhere() {
        var redactor = Redactor()
        redactor.add("hunter2")
        redactor.add("hunter2-longer")
        #expect(redactor.scrub("xhunter2x hunter2-longer") == "x[redacted]x [redacted]")
    }
}
