import Events
import Testing

@Suite struct ExpressionErrorTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let source: String
        let offset: Int
        let text: String
        var testDescription: String { source }
    }

    static let cases: [Case] = [
        Case(source: "", offset: 0, text: "found the end, expected a value"),
        Case(source: "amount +", offset: 8, text: "found the end, expected a value"),
        Case(
            source: "amount / merchant", offset: 9,
            text: "found text `merchant`, expected a number"),
        Case(
            source: "1 + (night)", offset: 4, text: "found bool `(night)`, expected a number"),
        Case(
            source: "amuont > 1", offset: 0,
            text: "found unknown name `amuont`, expected a field or a feature; "
                + "did you mean `amount`?"),
        Case(
            source: "card.contry == 'DE'", offset: 0,
            text: "found unknown name `card.contry`, expected a field or a feature; "
                + "did you mean `card.country`?"),
        Case(
            source: "1 + wekday(time)", offset: 4,
            text: "found unknown function `wekday`, expected a function; did you mean `weekday`?"),
        Case(
            source: "hour >= 6", offset: 0,
            text: "found function `hour` without arguments, expected `hour(time)`"),
        Case(
            source: "log(merchant)", offset: 4,
            text: "found text `merchant`, expected a number in `log(x)`"),
        Case(
            source: "merchant.log()", offset: 0,
            text: "found text `merchant`, expected a number in `log(x)`"),
        Case(
            source: "pow(1, 2, 3)", offset: 0,
            text: "found 3 arguments of `pow`, expected `pow(x, y)`"),
        Case(
            source: "min(amount)", offset: 0,
            text: "found 1 argument of `min`, expected `min(x, y, …)`"),
        Case(
            source: "1+abs()", offset: 2, text: "found 0 arguments of `abs`, expected `abs(x)`"),
        Case(
            source: "bucket()", offset: 0,
            text: "found 0 arguments of `bucket`, expected "
                + "`bucket(x, edge, …)`"),
        Case(
            source: "min()", offset: 0,
            text: "found 0 arguments of `min`, expected "
                + "`min(x, y, …)`"),
        Case(
            source: "coalesce()", offset: 0,
            text: "found 0 arguments of `coalesce`, expected "
                + "`coalesce(value, other, …)`"),
        Case(
            source: "amount = 1", offset: 7,
            text: "found `=`, expected a value or an operator; "
                + "did you mean `==`?"),
        Case(
            source: "night & online", offset: 6,
            text: "found `&`, expected a value or an "
                + "operator; did you mean `&&`?"),
        Case(
            source: "night and online", offset: 6,
            text: "found `and`, expected an operator or "
                + "the end; did you mean `&&`?"),
        Case(
            source: "amount == null", offset: 10,
            text: "found `null`, expected a value; "
                + "did you mean `isMissing(…)`?"),
        Case(source: "(amount", offset: 7, text: "found the end, expected `)`"),
        Case(source: "amount)", offset: 6, text: "found `)`, expected an operator or the end"),
        Case(
            source: "amount ? 1 : 2", offset: 0, text: "found number `amount`, expected a bool"),
        Case(
            source: "night ? 1 : 'a'", offset: 12,
            text: "found text `'a'`, expected a number, as `1` is"),
        Case(source: "night ? 1", offset: 9, text: "found the end, expected `:`"),
        Case(
            source: "merchant == 5", offset: 12,
            text: "found number `5`, expected text, as `merchant` is"),
        Case(
            source: "night < online", offset: 0,
            text: "found bool `night`, expected "
                + "a number or text"),
        Case(
            source: "1 < amount < 3", offset: 0,
            text: "found bool `1 < amount`, expected "
                + "a number or text"),
        Case(source: "!amount", offset: 1, text: "found number `amount`, expected a bool"),
        Case(source: "-merchant", offset: 1, text: "found text `merchant`, expected a number"),
        Case(source: "night && amount", offset: 9, text: "found number `amount`, expected a bool"),
        Case(source: "amount in [1, n]", offset: 14, text: "found `n`, expected a constant"),
        Case(
            source: "amount in [1, 'a']", offset: 14,
            text: "found text `'a'`, expected "
                + "a number, as `amount` is"),
        Case(source: "amount in []", offset: 11, text: "found `]`, expected a value"),
        Case(source: "amount in 3", offset: 10, text: "found `3`, expected `[`"),
        Case(
            source: "night in [true]", offset: 0,
            text: "found bool `night`, expected "
                + "a number or text"),
        Case(
            source: "bucket(amount, 1, 1)", offset: 18,
            text: "found edge `1`, expected "
                + "one above the edge before it"),
        Case(
            source: "'abc", offset: 0,
            text: "found text without an end, expected a closing ' "
                + "on the same line"),
        Case(
            source: #"'a\qb'"#, offset: 2,
            text: #"found `\q`, expected one of \n \r \t \\ \' "#
                + #"\" \xHH \uHHHH \UHHHHHHHH"#),
        Case(
            source: #"'a\ud800'"#, offset: 2,
            text: #"found `\ud800`, expected 4 hexadecimal "#
                + "digits of a Unicode code point"),
        Case(
            source: "12abc", offset: 0,
            text: "found `12abc`, expected a number such as 12 "
                + "or 1.5e3"),
        Case(
            source: "1e999", offset: 0,
            text: "found `1e999`, expected a number of at most "
                + "1.797e308"),
        Case(
            source: "9007199254740993", offset: 0,
            text: "found `9007199254740993`, expected an "
                + "integer below 2^53, which a double holds exactly"),
        Case(source: "amount # 2", offset: 7, text: "found `#`, expected a value or an operator"),
        Case(source: "1 + ü", offset: 4, text: "found `ü`, expected a value or an operator"),
        Case(source: "amount n", offset: 7, text: "found `n`, expected an operator or the end"),
        Case(
            source: "coalesce(amount, merchant)", offset: 17,
            text: "found text `merchant`, "
                + "expected a number, as `amount` is"),
        Case(
            source: "number(amount)", offset: 7,
            text: "found number `amount`, expected a bool "
                + "in `number(condition)`"),
        Case(source: "abs(1,)", offset: 6, text: "found `)`, expected a value"),
        Case(
            source: "lower(merchant).amount", offset: 16,
            text: "found unknown function "
                + "`amount`, expected a function"),
    ]

    @Test(arguments: cases)
    func tellsWhereWhatWasFoundAndWhatWasExpected(_ bad: Case) {
        let error = #expect(throws: ExpressionError.self) {
            try Events.Expression(bad.source, in: ExpressionFixture.scope)
        }
        #expect(error?.description == bad.text)
        #expect(error?.offset == bad.offset)
    }

    @Test func positionCountsLinesAndBytes() throws {
        let source = "amount +\n  'ü' + amuont"
        let error = #expect(throws: ExpressionError.self) {
            try Events.Expression(source, in: ExpressionFixture.scope)
        }
        let position = try #require(error?.position(in: source))
        #expect(position.line == 2)
        #expect(position.column == 3)
    }

    @Test(arguments: [
        (String(repeating: "(", count: 100_000), "sourceBytesMax"),
        (String(repeating: "(", count: 10_000), "nestingMax"),
        (String(repeating: "abs(", count: 4_000), "nestingMax"),
        (String(repeating: "night ? 1 : ", count: 1_000), "nestingMax"),
        (Array(repeating: "n", count: 2_000).joined(separator: "+"), "instructionsMax"),
        (
            "n in [" + Array(repeating: "1", count: 2_000).joined(separator: ",") + "]",
            "listElementsMax"
        ),
        (String(repeating: "haversine(n,n,n,", count: 31) + "1", "stackValuesMax"),
    ])
    func everyLimitIsAnErrorThatNamesIt(source: String, limit: String) {
        let error = #expect(throws: ExpressionError.self) {
            try Events.Expression(source, in: ExpressionFixture.scope)
        }
        #expect(error?.expected.contains("(\(limit))") == true, "\(String(describing: error))")
    }

    /// Long, but neither deep nor wide: thousands of signs before one value.
    @Test func manySignsAreNoNesting() throws {
        var fixture = ExpressionFixture()
        fixture.values["night"] = .bool(true)
        #expect(try fixture.value(of: String(repeating: "!", count: 500) + "night") == .bool(true))
    }
}
