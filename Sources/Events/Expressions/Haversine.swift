internal import Glibc

extension Expression {
    /// Mean radius of the Earth (IUGG), in kilometres.
    static let earthRadiusKilometres = 6_371.0088

    /// Kilometres between two places on a sphere, both in degrees (Sinnott, "Virtues of the
    /// Haversine", 1984). The sphere is off from the ellipsoid by at most about 0.5 %.
    ///
    /// - Returns: NaN where a latitude is beyond ±90 or a longitude beyond ±360.
    @inline(never)
    static func haversine(
        latitude1: Double, longitude1: Double, latitude2: Double, longitude2: Double
    ) -> Double {
        guard abs(latitude1) <= 90, abs(latitude2) <= 90, abs(longitude1) <= 360,
            abs(longitude2) <= 360
        else { return .nan }
        let radians = Double.pi / 180
        let sine1 = sin((latitude2 - latitude1) * radians / 2)
        let sine2 = sin((longitude2 - longitude1) * radians / 2)
        let cosines = cos(latitude1 * radians) * cos(latitude2 * radians)
        let square = sine1 * sine1 + cosines * sine2 * sine2
        return 2 * earthRadiusKilometres * asin(min(1, square.squareRoot()))
    }
}
