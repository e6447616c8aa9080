internal import Bytes

extension ModelContent.Feature {
    /// The definition of a column of a table, of which nobody told how it is computed.
    public static let columnDefinition =
        ContentDigest(of: unsafe "column".utf8Span.span.bytes).hex

    /// Whether it is a column of a table, and no feature of a project yet.
    public var isColumn: Bool { definition == Self.columnDefinition }
}

extension ModelContent {
    /// Whether it weighs columns of a table.
    public var weighsColumns: Bool { features.contains { $0.isColumn && $0.weighsSomething } }
}
