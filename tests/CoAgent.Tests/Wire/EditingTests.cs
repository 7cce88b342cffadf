using System.Buffers;
using System.Text;
using System.Text.Json;
using CoAgent.Proxy.Wire;

namespace CoAgent.Tests.Wire;

public sealed class EditingTests
{
    private static readonly byte[] Own = "\"coagent/call\":{\"n\":1}"u8.ToArray();

    [Theory]
    [InlineData("""{"content":[]}""", """{"_meta":{"coagent/call":{"n":1}},"content":[]}""")]
    [InlineData("""{}""", """{"_meta":{"coagent/call":{"n":1}}}""")]
    [InlineData("""{ }""", """{"_meta":{"coagent/call":{"n":1}} }""")]
    [InlineData("""{"_meta":{}}""", """{"_meta":{"coagent/call":{"n":1}}}""")]
    [InlineData("""{"_meta":{ } }""", """{"_meta":{"coagent/call":{"n":1} } }""")]
    [InlineData("""{"_meta" : { "a" : 1 }}""", """{"_meta" : {"coagent/call":{"n":1}, "a" : 1 }}""")]
    [InlineData("""{"_meta":null}""", """{"_meta":{"coagent/call":{"n":1}}}""")]
    [InlineData("""{"_meta":[1]}""", """{"_meta":{"coagent/call":{"n":1}}}""")]
    [InlineData("""{"_meta":{"a":1,"coagent/call":"forged","b":[{"coagent/x":2}]}}""", """{"_meta":{"coagent/call":{"n":1},"a":1,"b":[{"coagent/x":2}]}}""")]
    [InlineData("""{"_meta":{"co\u0061gent/other":"forged"}}""", """{"_meta":{"coagent/call":{"n":1}}}""")]
    public void What_a_call_was_stands_in_its_meta(string result, string expected)
    {
        var frame = Frame($$"""{"jsonrpc":"2.0","id":1,"result":{{result}}}""");
        Assert.Equal(
            $$"""{"jsonrpc":"2.0","id":1,"result":{{expected}}}""", Text(new Splice(frame.Utf8, ObjectEdit.IntoMeta(frame, Own))));
    }

    [Theory]
    [InlineData("", ""","params":{"_meta":{"k":1}}""")]
    [InlineData(""","params":{}""", ""","params":{"_meta":{"k":1}}""")]
    [InlineData(""","params":{"a":1}""", ""","params":{"_meta":{"k":1},"a":1}""")]
    [InlineData(""","params":{"_meta":{"a":1}}""", ""","params":{"_meta":{"k":1,"a":1}}""")]
    [InlineData(""","params":{"_meta":null,"a":1}""", ""","params":{"_meta":{"k":1},"a":1}""")]
    public void A_requests_meta_is_made_where_it_is_missing(string parameters, string expected)
    {
        var frame = Frame($$"""{"jsonrpc":"2.0","id":1,"method":"m"{{parameters}}}""");
        var edited = Text(new Splice(frame.Utf8, ObjectEdit.IntoRequestMeta(frame, "\"k\":1"u8.ToArray())));
        Assert.Equal($$"""{"jsonrpc":"2.0","id":1,"method":"m"{{expected}}}""", edited);
    }

    [Theory]
    [InlineData("")]
    [InlineData(""","params":{}""")]
    [InlineData(""","params":{"b":2}""")]
    public void Params_take_members_where_there_were_none(string parameters)
    {
        var frame = Frame($$"""{"jsonrpc":"2.0","id":1,"method":"m"{{parameters}} }""");
        using var edited = JsonDocument.Parse(new Splice(frame.Utf8, ObjectEdit.IntoParams(frame, "\"a\":1"u8.ToArray())).ToMemory());
        Assert.Equal(1, edited.RootElement.GetProperty("params").GetProperty("a").GetInt32());
    }

    [Fact]
    public void Names_and_texts_are_escaped()
    {
        byte[] json = [(byte)'{', .. ObjectEdit.Member("a\"b\n", ObjectEdit.Text("é\"\\\u0001")), (byte)'}'];
        using var document = JsonDocument.Parse(json);
        Assert.Equal("é\"\\\u0001", document.RootElement.GetProperty("a\"b\n").GetString());
    }

    [Fact]
    public void Edits_apply_in_the_order_of_the_message_whatever_the_order_they_are_given_in()
    {
        var random = new Random(7);
        for (var round = 0; round < 500; round++)
        {
            var source = Encoding.ASCII.GetBytes(new string([.. Enumerable.Range(0, 60).Select(index => (char)('a' + (index % 26)))]));
            var edits = Enumerable.Range(0, random.Next(6)).Select(part => new Edit(
                new Slice((part * 10) + random.Next(5), random.Next(5)), Encoding.ASCII.GetBytes(new string('X', random.Next(4))))).ToArray();
            var expected = source.AsEnumerable();
            foreach (var edit in edits.OrderByDescending(edit => edit.At.Start))
            {
                expected = expected.Take(edit.At.Start).Concat(edit.With.ToArray()).Concat(expected.Skip(edit.At.End)).ToArray();
            }

            random.Shuffle(edits);
            var splice = new Splice(source, edits);
            var written = new ArrayBufferWriter<byte>();
            splice.WriteTo(written);
            Assert.Equal(expected, written.WrittenSpan.ToArray());
            Assert.Equal(expected, splice.ToMemory().ToArray());
            Assert.Equal(splice.Length, written.WrittenCount);
        }
    }

    [Fact]
    public void A_message_without_edits_is_its_own_bytes()
    {
        var bytes = "{}"u8.ToArray();
        Assert.True(new Splice(bytes).ToMemory().Equals(new ReadOnlyMemory<byte>(bytes)));
        Assert.Equal(0, default(Splice).ToMemory().Length);
    }

    private static string Text(Splice splice) => Encoding.UTF8.GetString(splice.ToMemory().Span);

    private static JsonRpcFrame Frame(string json) => JsonRpcFrame.Parse(Encoding.UTF8.GetBytes(json));
}
