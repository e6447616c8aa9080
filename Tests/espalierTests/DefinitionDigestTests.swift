import Features
import Model
import Testing

@testable import Project
@testable import espalier

/// What artifacts say of how their features are computed: a stored model fits a project only while
/// these stay as they are.
@Suite struct DefinitionDigestTests {
    private static let project = #"""
        project: golden
        kafka: {bootstrap.servers: "localhost:9092"}
        events:
          topic: e
          id: id
          key: user
          time: {field: when, unit: ms}
          fields:
            id: string
            user: string
            when: int64
            amount: double
            site: string
            country: {type: string, path: geo.country}
        labels: {topic: l, id: id, value: fraud, maturity: 7d}
        features:
          short: "lower(site)"
          home: "country in ['DE', \"AT\"] && site != '\\\\ü'"
          broken: |
            amount > 3
              || amount < 1
          site_hash: {category: short, bits: 10}
          crossed: {cross: [site, country]}
          n: {entity: user, aggregate: count, window: 1h, current: false}
          total: {entity: user, aggregate: sum, of: amount}
          mean: {entity: user, aggregate: mean, of: "amount * 2", window: 1d, delay: 5m}
          least: {entity: user, aggregate: min, of: amount, window: 1d}
          most: {entity: user, aggregate: max, of: amount, window: 1d}
          variance: {entity: user, aggregate: variance, of: amount, window: 1d}
          stddev: {entity: user, aggregate: stddev, of: amount, window: 1d}
          first: {entity: user, aggregate: first, of: amount, window: 1d}
          last: {entity: user, aggregate: last, of: amount, window: 1d}
          before: {entity: user, aggregate: lag, of: amount, n: 2}
          sites:
            {entity: user, aggregate: distinct, of: "site == 'x' ? 'it\\'s' : site", window: 1d}
          idle: {entity: user, aggregate: timeSinceLast, otherwise: -1}
          tempo: {entity: user, aggregate: decayedCount, halfLife: 10m}
          spent: {entity: user, aggregate: decayedSum, of: amount, halfLife: 10m}
          usual: {entity: user, aggregate: decayedMean, of: amount, halfLife: 10m}
          risk: {entity: user, aggregate: mean, of: label, window: 7d, delay: 7d, otherwise: 0.5}
        model: {loss: logistic}
        """#

    private static let digests = """
        home b5f4ddf012211a93c10b7cab59b0e4ac478a28a26502cd98cf397545eabeeba8
        broken 0046ac93c53c3278b63a6132a5f61fe1bff5392e46212ab13bbee7e53ecbb13c
        n 7b91e7a7bde22577ebfcce92663a4ac6c0e32492b5b1c5238cf5d51ee49c3411
        total 6dc580fdb15757191bc9e7c14cb5d018f06fd842d6848fb9248dea19c41b548a
        mean 72850a9833e1a97780dd3d2ebb2cd81f567c146210ef4c6fda07a8993d52452a
        least 48e497fb04095ccfb89bf5ec8c18b0feedb41ad9ad9a223e905dd3768bea2ac3
        most ca625cb4012db6a6d1426b78703387485c3e5d8bc10a4e89db9159ea0e1e2c01
        variance 0c6af9c9144775c70a923eaee59f6af865559284a90d120e0f25ab90d259f9e3
        stddev f3b65b1577b629c454979242cb6ef02e38b62a7a21ca340c1372a572aaa21682
        first 2e0131b011ae41f5df1bf11531750711b58e0ed719f332312d59ad41b679b1df
        last af3222f19e925b0bacaee68a413170a1e57c08dc9c02f4e29a66944b50f6ce4b
        before 830c655ecc9169e7a8a661067beabf71df842286d6291968f65afaa682f01286
        sites 14eb35e725b40fbfc5dd478df59b993102170d02c43ecf92b5f8eeed8fa1f04e
        idle b3732b1a79dc7853fbd6bd8fb03b352b1a2b4ac0f8223aa8b2aeebfe78fb1394
        tempo 5ab6de2909c64a02de51eb46445a2b634187e7764a008dffd1d9c2b240ff5178
        spent f205f65ea504ab3f6b3b01e13bcc239371a1dbfce10a2de8666adbcaf132bed3
        usual 9bb631a772a3c0b638d0216e7b7242686287e4e17c6bd0e9618a396614caec86
        risk a6873139dfd6728260f80c98573244ab81ba9a7fc72aa12482f7aa16fcf9b5b2
        site_hash 995695ca104a1b9088ced992203f97be7f6b5dab8519547381dc04f2f5f6f394
        crossed 5d59dd0ac061fe1d52838eb7e317a5d8df290803991aeb1063dbfa51f77ea07c
        """

    @Test func digestsOfDefinitionsStayAsTheyAre() throws {
        let scratch = try ScratchFolder()
        let path = try scratch.write(Self.project, to: "golden.yaml")
        let features = try ProjectFile.load(path).plan().layout.features
        let found = features.map { "\($0.name) \($0.definition)" }
        #expect(found == Self.digests.split(separator: "\n").map(String.init))
    }
}
