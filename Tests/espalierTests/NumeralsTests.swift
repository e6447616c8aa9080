import Testing

@testable import espalier

@Suite struct NumeralsTests {
    @Test func numbersReadAsPeopleWriteThem() {
        #expect(Numerals.grouped(1_303_778) == "1,303,778")
        #expect(Numerals.grouped(-1_000) == "-1,000")
        #expect(Numerals.grouped(Int64.min) == "-9,223,372,036,854,775,808")
        #expect(Numerals.grouped(7) == "7")
        #expect(Numerals.fixed(0.99996, 4) == "1.0000")
        #expect(Numerals.fixed(-0.00001, 3) == "0.000")
        #expect(Numerals.fixed(12.345, 2) == "12.35")
        #expect(Numerals.fixed(.nan, 2) == "–")
        #expect(Numerals.fixed(1e300, 2) == "–")
        #expect(Numerals.fixed(5e14, 5) == "500000000000000.00000")
        #expect(Numerals.fixed(-9.5e14, 4) == "-950000000000000.0000")
        #expect(Numerals.fixed(1, 19) == "1.0000000000000000000")
        #expect(Numerals.rate(1_064_000) == "1.06 M/s")
        #expect(Numerals.rate(999.6) == "1.00 k/s")
        #expect(Numerals.bytes(918) == "918 B")
        #expect(Numerals.duration(0.4) == "0.40 s")
        #expect(Numerals.duration(200) == "3 min 20 s")
        #expect(Numerals.duration(11_746_400) == "135 d 22 h")
        #expect(Numerals.duration(.infinity) == "–")
        #expect(Numerals.signed(0.5, 1) == "+0.5")
        #expect(Numerals.plain(-1) == "-1")
        #expect(Numerals.plain(0.5) == "0.5")
    }

    @Test func columnsAlign() {
        var table = Table([("name", .left), ("weight", .right), ("", .left)])
        table.append(["amount", "+1.25", "x"])
        table.append(["n", "-10.5", ""])
        #expect(
            table.text(for: .output, indent: 1) == """
                 name    weight
                 amount   +1.25  x
                 n        -10.5

                """)
    }
}
