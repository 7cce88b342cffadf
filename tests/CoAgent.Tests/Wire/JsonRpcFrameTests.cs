using System.Text;
using CoAgent.Proxy.Wire;

namespace CoAgent.Tests.Wire;

public sealed class JsonRpcFrameTests
{
    private static readonly string[] ValidMessages =
    [
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":{"x":[1,{"y":"é\u0000"}]},"_meta":{"progressToken":7}}}""",
        """{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"t","progress":0.5,"total":1e3}}""",
        """{"jsonrpc":"2.0","id":"é\n","result":{"content":[],"isError":false,"nextCursor":"c"}}""",
        """{"jsonrpc":"2.0","id":null,"error":{"code":-32601,"message":"\ud83d\ude00"}}""",
    ];

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping"}""", FrameKind.Request)]
    [InlineData("""{"jsonrpc":"2.0","method":"ping"}""", FrameKind.Notification)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{}}""", FrameKind.Result)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":null}""", FrameKind.Result)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":""}}""", FrameKind.Error)]
    [InlineData("""{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":""}}""", FrameKind.Error)]
    [InlineData(" \t{\r\n\"id\" : 1 , \"jsonrpc\" : \"2.0\" , \"method\" : \"ping\" } ", FrameKind.Request)]
    internal void A_message_is_told_by_its_members(string json, FrameKind kind) => Assert.Equal(kind, Parse(json).Kind);

    [Theory]
    [InlineData("", -32700)]
    [InlineData("{", -32700)]
    [InlineData("""{"jsonrpc":"2.0","method":"ping"} x""", -32700)]
    [InlineData("""{"jsonrpc":"2.0","method":"ping"}{}""", -32700)]
    [InlineData("""{"jsonrpc":"2.0","method":"ping",}""", -32700)]
    [InlineData("""{"jsonrpc":"2.0","id":01,"method":"ping"}""", -32700)]
    [InlineData("[]", -32600)]
    [InlineData("""[{"jsonrpc":"2.0","method":"ping"}]""", -32600)]
    [InlineData("1", -32600)]
    [InlineData("\"a\"", -32600)]
    [InlineData("null", -32600)]
    [InlineData("{}", -32600)]
    [InlineData("""{"id":1,"method":"ping"}""", -32600)]
    [InlineData("""{"jsonrpc":"1.0","id":1,"method":"ping"}""", -32600)]
    [InlineData("""{"jsonrpc":2.0,"id":1,"method":"ping"}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":null,"method":"ping"}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":true,"method":"ping"}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":{"a":1},"method":"ping"}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":[1],"result":{}}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":null,"result":{}}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","result":{}}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":5}""", -32600)]
    public void A_fault_is_told_with_its_code(string json, int code)
    {
        Assert.False(JsonRpcFrame.TryParse(Encoding.UTF8.GetBytes(json), 100, out _, out var fault));
        Assert.Equal(code, fault.Code);
        Assert.NotEmpty(fault.Message);
    }

    [Fact]
    public void A_byte_order_mark_is_no_json()
    {
        byte[] marked = [0xEF, 0xBB, 0xBF, .. """{"jsonrpc":"2.0","method":"ping"}"""u8];
        Assert.False(JsonRpcFrame.TryParse(marked, 100, out _, out var fault));
        Assert.Equal(JsonRpcError.ParseError, fault.Code);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.0")]
    [InlineData("1e400")]
    [InlineData("123456789012345678901234567890")]
    [InlineData("\"\"")]
    [InlineData("\"\\u0031\"")]
    [InlineData("\"é\\\"\"")]
    public void An_id_keeps_its_spelling(string id) =>
        Assert.Equal(id, Parse($$"""{"jsonrpc":"2.0","id": {{id}} ,"method":"ping"}""").IdKey);

    [Fact]
    public void Of_a_member_that_occurs_twice_the_last_counts()
    {
        var frame = Parse("""
            {"jsonrpc":"1.0","jsonrpc":"2.0","id":1,"id":2,"method":"a","method":"tools/call",
             "params":{"name":"a","name":"b","uri":"u"},"params":{"name":"c","_meta":{}}}
            """);
        Assert.Equal("2", frame.IdKey);
        Assert.Equal("tools/call", frame.Method);
        Assert.Equal("c", frame.TextOf(frame.Members.Name));
        Assert.False(frame.Members.Uri.Exists);
    }

    [Fact]
    public void A_last_body_that_is_no_object_leaves_nothing_of_an_earlier_one()
    {
        var frame = Parse("""{"jsonrpc":"2.0","id":1,"method":"m","params":{"name":"a"},"params":[1]}""");
        Assert.False(frame.BodyIsObject);
        Assert.False(frame.Members.Name.Exists);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"seen"},"result":{"name":"hidden"}}""")]
    [InlineData("""{"result":{"name":"hidden"},"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"seen"},"error":{"name":"x"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"params":{"name":"hidden"},"result":{"name":"seen"},"params":{"name":"hidden"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":{"name":"seen"},"result":{"name":"hidden"}}""")]
    public void A_body_of_another_kind_of_message_does_not_count(string json)
    {
        var frame = Parse(json);
        Assert.Equal("seen", frame.TextOf(frame.Members.Name));
        Assert.Equal("seen", frame.TextOf(frame.BodyMember("name"u8)));
    }

    [Fact]
    public void A_result_beside_a_request_without_params_is_no_body() =>
        Assert.False(Parse("""{"jsonrpc":"2.0","id":1,"method":"ping","result":{"name":"x"}}""").Body.Exists);

    [Fact]
    public void Names_spelled_with_escapes_are_recognised()
    {
        var frame = Parse(
            """{"\u006asonrpc":"\u0032.0","i\u0064":9,"meth\u006fd":"tools\/call","p\u0061rams":{"n\u0061me":"x","_m\u0065ta":{"progressT\u006fken":4,"co\u0061gent\/agent":"me"}}}""");
        Assert.Equal("9", frame.IdKey);
        Assert.Equal("tools/call", frame.Method);
        Assert.Equal("x", frame.TextOf(frame.Members.Name));
        Assert.Equal("4", frame.KeyOf(MetaMembers.Of(frame).ProgressToken));
        Assert.Equal("me", frame.TextOf(MetaMembers.Of(frame).Agent));
        Assert.True(MetaMembers.Of(frame).HasOwn);
    }

    [Fact]
    public void Nesting_is_taken_to_the_limit_and_not_beyond()
    {
        Assert.True(JsonRpcFrame.TryParse(Nested(levels: 9), 10, out _, out _)); // the message itself is one level
        Assert.False(JsonRpcFrame.TryParse(Nested(levels: 10), 10, out _, out var fault));
        Assert.Equal(JsonRpcError.InvalidRequest, fault.Code);
        Assert.Contains("10 levels", fault.Message);
    }

    [Fact]
    public void Members_stand_where_they_are_told_to_stand()
    {
        const string Json = """{"é":1,"jsonrpc":"2.0","id":"a","method":"x","params": {"uri":"u","ref":{"type":"r"},"name":"n","code":1,"task":{},"_meta":{"é":0},"taskId":"t","cursor":"c","isError":true,"arguments":{"q":1},"requestId":2,"resultType":"k","nextCursor":"m","requestState":"s","progressToken":3,"inputRequests":{"i":1},"notifications":{"z":1},"inputResponses":{"o":1},"other":[1]} }""";
        var frame = Parse(Json);
        var members = frame.Members;
        Slice[] slices =
        [
            members.Uri, members.Reference, members.Name, members.Code, members.Task, members.Meta, members.TaskId, members.Cursor,
            members.IsError, members.Arguments, members.RequestId, members.ResultType, members.NextCursor, members.RequestState,
            members.ProgressToken, members.InputRequests, members.Notifications, members.InputResponses, frame.BodyMember("other"u8),
        ];
        string[] values =
        [
            "\"u\"", """{"type":"r"}""", "\"n\"", "1", "{}", """{"é":0}""", "\"t\"", "\"c\"", "true", """{"q":1}""", "2", "\"k\"",
            "\"m\"", "\"s\"", "3", """{"i":1}""", """{"z":1}""", """{"o":1}""", "[1]",
        ];
        Assert.Equal(values, slices.Select(frame.KeyOf));
        Assert.Equal(Json, Encoding.UTF8.GetString(frame.Utf8.Span));
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"\ud800","params":{"name":"\udc00","\ud800\ud800\ud8":1}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"\ud800":2,"method":"m","params":{"name":"\udc00","\ud800":1,"_meta":{"\ud800":1,"\udbff\/agent":3}}}""")]
    public void Half_a_surrogate_pair_is_no_text_and_no_exception(string json)
    {
        if (JsonRpcFrame.TryParse(Encoding.UTF8.GetBytes(json), 100, out var frame, out _))
        {
            Assert.Null(frame.TextOf(frame.Members.Name));
            Assert.False(MetaMembers.Of(frame).HasOwn);
            Assert.False(frame.BodyMember("x"u8).Exists);
        }
    }

    [Fact]
    public void Bytes_that_are_not_utf8_pass_and_are_no_text()
    {
        byte[] json = [.. "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":{\"name\":\""u8, 0xFF, 0xC3, .. "\"}}"u8];
        Assert.True(JsonRpcFrame.TryParse(json, 100, out var frame, out _));
        Assert.Null(frame.TextOf(frame.Members.Name));
        Assert.True(frame.Utf8.Span.SequenceEqual(json));
    }

    [Fact]
    public void No_mutation_of_a_valid_message_throws()
    {
        var random = new Random(20260728);
        var valid = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = Encoding.UTF8.GetBytes(ValidMessages[round % ValidMessages.Length]);
            var mutated = Mutate(bytes, random);
            if (JsonRpcFrame.TryParse(mutated, 16, out var frame, out var fault))
            {
                valid++;
                Touch(frame);
            }
            else
            {
                Assert.NotEqual(0, fault.Code);
            }
        }

        Assert.InRange(valid, 1, 19_999);
    }

    // Everything that a relay reads of a message.
    private static void Touch(JsonRpcFrame frame)
    {
        var meta = MetaMembers.Of(frame);
        _ = frame.TextOf(frame.Members.Name) + frame.TextOf(frame.Members.Uri) + frame.TextOf(meta.Agent) + frame.IdKey;
        _ = frame.BodyMember("name"u8);
        _ = CoAgent.Proxy.Downstream.InitializeMembers.Of(frame);
        _ = CoAgent.Proxy.Downstream.ListItems.Of(frame, "content"u8);
        if (frame.BodyIsObject)
        {
            _ = new Splice(frame.Utf8, ObjectEdit.IntoMeta(frame, "\"coagent/call\":1"u8)).ToMemory();
        }
    }

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            var at = random.Next(bytes.Length);
            bytes = random.Next(4) switch
            {
                0 => [.. bytes[..at], .. bytes[(at + 1)..]],
                1 => [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]],
                2 => [.. bytes[..at], .. """\ud800"""u8, .. bytes[at..]],
                _ => [.. bytes[..at], (byte)random.Next(256), .. bytes[(at + 1)..]],
            };
        }

        return bytes;
    }

    private static byte[] Nested(int levels) => Encoding.UTF8.GetBytes(
        $$"""{"jsonrpc":"2.0","method":"m","params":{{new string('[', levels)}}{{new string(']', levels)}}}""");

    private static JsonRpcFrame Parse(string json)
    {
        Assert.True(JsonRpcFrame.TryParse(Encoding.UTF8.GetBytes(json), 100, out var frame, out var fault), fault.Message);
        return frame;
    }
}
