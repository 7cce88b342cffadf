using System.Text;
using CoAgent.Proxy.Wire;

namespace CoAgent.Tests.Wire;

public sealed class OversizeScanTests
{
    [Theory]
    [InlineData("""{"id":7,"result":{"id":8}}""", "7")]
    [InlineData("""{"result":{"id":8,"a":[{"id":9}]},"id":7}""", "7")]
    [InlineData("""{"result":"\"id\":8,\\","id":"a\"b"}""", "\"a\\\"b\"")]
    [InlineData("""{ "result" : [ [ "id" , 3 ] ] , "id" : -1.5e3 }""", "-1.5e3")]
    [InlineData("""{"\u0069d":4,"result":{}}""", "4")]
    [InlineData("""{"id":1,"id":2,"result":{}}""", "2")]
    [InlineData("""{"result":{},"x":"id"}""", "")]
    [InlineData("""{"id":{"id":5},"result":{}}""", "")]
    [InlineData("""{"ids":5,"i":6,"result":{}}""", "")]
    [InlineData("no json, \"id\": 5", "")]
    public void The_id_is_found_wherever_it_stands(string json, string id)
    {
        var scan = Scan(json);
        Assert.Equal(id, scan.Id);
        Assert.False(scan.HasMethod);
        Assert.Equal(Encoding.UTF8.GetByteCount(json), scan.Bytes);
    }

    [Theory]
    [InlineData("""{"id":1,"method":"m"}""", true)]
    [InlineData("""{"params":{"x":[]},"m\u0065thod":"m","id":1}""", true)]
    [InlineData("""{"id":1,"result":{"method":"m"}}""", false)]
    [InlineData("""{"id":"method","result":"method"}""", false)]
    public void A_request_is_told_by_its_own_method(string json, bool hasMethod) => Assert.Equal(hasMethod, Scan(json).HasMethod);

    [Fact]
    public void The_id_is_found_behind_64_MB_of_text()
    {
        var scan = new OversizeScan();
        scan.Feed("""{"jsonrpc":"2.0","result":{"id":1,"text":" """u8);
        var text = Enumerable.Repeat("{\\\"id\\\":5,["u8.ToArray(), 6400).SelectMany(static part => part).ToArray();
        for (var fed = 0L; fed < 64L * 1024 * 1024; fed += text.Length)
        {
            scan.Feed(text);
        }

        scan.Feed("\"},\"id\":42}"u8);
        Assert.Equal("42", scan.Id);
        Assert.True(scan.Bytes > 64L * 1024 * 1024);
    }

    [Fact]
    public void It_tells_the_same_as_the_frame_of_a_message_that_is_small()
    {
        for (var seed = 0; seed < 5_000; seed++)
        {
            var random = new Random(seed);
            var json = Message(random);
            var bytes = Encoding.UTF8.GetBytes(json);
            Assert.True(JsonRpcFrame.TryParse(bytes, 100, out var frame, out var fault), $"seed {seed}: {fault.Message} {json}");
            var scan = new OversizeScan();
            for (var at = 0; at < bytes.Length;)
            {
                var count = Math.Min(random.Next(1, 20), bytes.Length - at);
                scan.Feed(bytes.AsSpan(at, count));
                at += count;
            }

            Assert.True((frame.IdKey, !frame.IsAnswer) == (scan.Id, scan.HasMethod), $"seed {seed}: {json} → {scan.Id} {scan.HasMethod}");
        }
    }

    private static string Message(Random random)
    {
        string[] ids = ["1", "-0.5e2", "\"a\"", "\"\\\"},\"", "\"id\"", "\"é\\u0041\""];
        var members = new List<string> { """ "jsonrpc" : "2.0" """ };
        var isAnswer = random.Next(2) == 0;
        members.Add(isAnswer ? $"\"result\":{Value(random, 3)}" : $"{(random.Next(4) == 0 ? "\"m\\u0065thod\"" : "\"method\"")}:\"id\"");
        if (isAnswer || random.Next(3) > 0)
        {
            members.Add($"{(random.Next(4) == 0 ? "\"\\u0069d\"" : "\"id\"")} : {ids[random.Next(ids.Length)]}");
        }

        if (!isAnswer)
        {
            members.Add($"\"params\":{Value(random, 3)}");
        }

        members.Add($"\"other\":{Value(random, 2)}");
        var shuffled = members.ToArray();
        random.Shuffle(shuffled);
        return $"{{{string.Join(random.Next(2) == 0 ? "," : " ,\t", shuffled)}}}";
    }

    private static string Value(Random random, int depth) => random.Next(depth > 0 ? 7 : 5) switch
    {
        0 => "1e5",
        1 => "null",
        2 => "\"\\\\\"",
        3 => "\"{\\\"id\\\":\\\"x\\\",[\"",
        4 => "true",
        5 => $"[{Value(random, depth - 1)},{Value(random, depth - 1)}]",
        _ => $"{{\"id\":{Value(random, depth - 1)},\"method\":{Value(random, depth - 1)}}}",
    };

    private static OversizeScan Scan(string json)
    {
        var scan = new OversizeScan();
        scan.Feed(Encoding.UTF8.GetBytes(json));
        return scan;
    }
}
