import Foundation
import Testing

@testable import espalier

extension HTMLPage {
    /// Variables of CSS that a page uses and does not set: what is drawn with them is black.
    static func unsetVariables(of page: String) -> Set<String> {
        let used = page.matches(of: #/var\((--[a-z-]+)\)/#).map { String($0.1) }
        let set = page.matches(of: #/(--[a-z-]+):/#).map { String($0.1) }
        return Set(used).subtracting(set)
    }
}

@Suite struct HTMLPageTests {
    private let text = HTMLPage(
        title: "a < b & c", width: 70, style: "p{color:#123}", body: "<p>sentence</p>"
    ).text

    @Test func theTitleIsEscapedInBothPlaces() {
        #expect(text.contains("<title>a &lt; b &amp; c</title>"))
        #expect(text.contains("<h1>a &lt; b &amp; c</h1>"))
        #expect(!text.contains("a < b"))
    }

    /// It opens offline and runs nothing.
    @Test(arguments: ["<script", "<link", "src=", "href=", "url(", "@import", "http"])
    func nothingIsFetched(mark: String) { #expect(!text.contains(mark)) }

    /// A page's rules come after the common ones, so that they win.
    @Test func thePagesOwnStyleComesLast() throws {
        let common = try #require(text.range(of: "h1{font-size"))
        let width = try #require(text.range(of: "max-width:70rem"))
        let own = try #require(text.range(of: "p{color:#123}"))
        #expect(common.upperBound <= width.lowerBound && width.upperBound <= own.lowerBound)
        #expect(text.contains("</style>") && text.contains("<p>sentence</p>\n</body></html>\n"))
    }
}
