// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .strictMemorySafety(), .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"), .enableExperimentalFeature("Lifetimes"),
]

/// A library may import only the targets named in `below`; CI makes any other import an error.
func layer(_ name: String, on below: Target.Dependency...) -> Target {
    .target(name: name, dependencies: below, swiftSettings: strict)
}

func tests(_ name: String, on below: Target.Dependency...) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name)] + below, swiftSettings: strict)
}

let package = Package(
    name: "espalier",
    targets: [
        // Layer 0: ground
        .systemLibrary(
            name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
        .systemLibrary(
            name: "CRdKafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
        .target(name: "CText"),
        .target(name: "CReferenceLoop", dependencies: ["CRdKafka"]),
        layer("Bytes", on: "CText", "CXXHash"),
        layer("Sparse"),
        // Layer 1: parts
        layer("Kafka", on: "CRdKafka", "Bytes"),
        layer("Events", on: "Bytes"),
        // Layer 2: state
        layer("Features", on: "Bytes", "Sparse", "Events"),
        // Tests
        .executableTarget(
            name: "MockBroker", dependencies: ["Kafka"], path: "Tests/MockBroker",
            swiftSettings: strict),
        .executableTarget(
            name: "KafkaOverhead", dependencies: ["CReferenceLoop", "Kafka"],
            path: "Tests/KafkaOverhead", swiftSettings: strict),
        tests("Kafka", on: "CReferenceLoop", "MockBroker"),
    ],
    cxxLanguageStandard: .cxx20
)
