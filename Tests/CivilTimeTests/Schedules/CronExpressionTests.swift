import CivilTime
import Testing

@Suite("Cron expressions")
struct CronExpressionTests {
    @Test(arguments: [
        ("0 3 * *", "expected five fields: minute, hour, day of the month, month, day of the week, found '4 of them'"),
        ("", "expected five fields: minute, hour, day of the month, month, day of the week, found nothing"),
        ("60 * * * *", "minute: expected a number from 0 to 59, found '60'"),
        ("0 24 * * *", "hour: expected a number from 0 to 23, found '24'"),
        ("0 0 0 * *", "day of the month: expected a number from 1 to 31, found '0'"),
        ("0 0 * 13 *", "month: expected a number from 1 to 12 or JAN to DEC, found '13'"),
        ("0 0 * JUX *", "month: expected a number from 1 to 12 or JAN to DEC, found 'JUX'"),
        ("0 0 * * 8", "day of the week: expected a number from 0 to 7 or SUN to SAT, found '8'"),
        ("0 0 * * FRI-MON", "day of the week: expected a range that goes up, found 'FRI-MON'"),
        ("30-10 * * * *", "minute: expected a range that goes up, found '30-10'"),
        ("*/0 * * * *", "minute: expected a step from 1 to 59, found '0'"),
        ("*/60 * * * *", "minute: expected a step from 1 to 59, found '60'"),
        ("5/15 * * * *", "minute: expected a range or * before the step, found '5/15'"),
        ("1,,2 * * * *", "minute: expected a number from 0 to 59, found nothing"),
        ("-1 * * * *", "minute: expected a number from 0 to 59, found nothing"),
        ("1-2-3 * * * *", "minute: expected a number from 0 to 59, found '2-3'"),
        ("99999999999999999999 * * * *", "minute: expected a number from 0 to 59, found '99999999999999999999'"),
        ("0 0 L * *", "day of the month: expected a number from 1 to 31, found 'L'"),
        ("@fortnightly", "expected @hourly, @daily, @weekly, @monthly or @yearly, found '@fortnightly'"),
        ("@reboot", "expected @hourly, @daily, @weekly, @monthly or @yearly, found '@reboot'"),
    ])
    func sayWhichFieldIsWrongAndHow(text: String, message: String) {
        #expect {
            try CronExpression(text)
        } throws: { error in
            "\(error)" == message
        }
    }

    @Test(arguments: [
        ("@hourly", "0 * * * *"), ("@daily", "0 0 * * *"), ("@weekly", "0 0 * * 7"), ("@monthly", "0 0 1 * *"),
        ("@Yearly", "0 0 1 JAN *"), ("0 0 * * SAT-SUN", "0 0 * * 0,6"), ("0 0 * * 5-7", "0 0 * * FRI,SAT,SUN"),
        ("1-10/4 * * * *", "1,5,9 * * * *"), ("0\t0  * feb-Apr *", "0 0 * 2,3,4 *"), ("0 0 * * 0-7", "0 0 * * 0-6"),
    ])
    func haveSeveralSpellings(one: String, other: String) throws {
        let (first, second) = (
            Schedule.cron(try CronExpression(one), .utc), Schedule.cron(try CronExpression(other), .utc)
        )
        var instant = Instant(microseconds: 1_750_000_000_000_000)
        for _ in 0..<50 {
            let next = try #require(first.next(after: instant))
            #expect(second.next(after: instant) == next, "\(one) and \(other) after \(instant)")
            instant = next
        }
    }

    @Test func areShownAsTheyWereWritten() throws {
        #expect(try CronExpression("  0 3\t* *  mon ").description == "0 3 * * mon")
        #expect(Schedule.cron(try CronExpression("@daily"), .utc).description == "cron @daily UTC")
        #expect(Schedule.every(.seconds(900)).description == "every 15min")
    }
}
