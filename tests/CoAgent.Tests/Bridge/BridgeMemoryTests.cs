using System.Text;
using CoAgent.Proxy.Bridge;
using CoAgent.Proxy.Wire;

namespace CoAgent.Tests.Bridge;

public sealed class BridgeMemoryTests
{
    private readonly BridgeMemory _memory = new();

    [Fact]
    public void The_handshake_and_what_stands_is_remembered()
    {
        Say(Request(1, "initialize"));
        Say(Frame("""{"jsonrpc":"2.0","method":"notifications/initialized"}"""));
        Set(2, "logging/setLevel", """{"level":"info"}""");
        Set(3, "logging/setLevel", """{"level":"error"}""");
        Set(4, "resources/subscribe", """{"uri":"a"}""");
        Set(5, "resources/subscribe", """{"uri":"b"}""");
        Set(6, "resources/unsubscribe", """{"uri":"a"}""");
        Set(7, "tools/call", """{"name":"t"}""");
        Assert.Equal("1", _memory.Initialize!.IdKey);
        Assert.NotNull(_memory.Initialized);
        Assert.Equal(["3", "5"], _memory.Standing.Select(static request => request.IdKey));
    }

    [Fact]
    public void What_a_server_refused_does_not_stand()
    {
        Say(Request(1, "resources/subscribe", """{"uri":"a"}"""));
        _memory.Answered(Frame("""{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":""}}"""));
        Assert.Empty(_memory.Standing);
        Assert.Equal(0, _memory.OpenCount);
    }

    [Fact]
    public void What_is_open_is_told_oldest_first_whatever_was_answered_between()
    {
        for (var id = 0; id < 50; id++)
        {
            Say(Request(id, "tools/call"));
            if (id % 3 == 2)
            {
                _memory.Answered(Frame($$$"""{"jsonrpc":"2.0","id":{{{id - 2}}},"result":{}}"""));
            }
        }

        var open = _memory.Open.Select(static open => int.Parse(open.Request.IdKey, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(open.Order(), open);
        Assert.Equal(34, open.Length);
        Assert.Equal(34, _memory.OpenCount);
    }

    [Fact]
    public void A_request_that_was_sent_and_one_that_was_not_are_told_apart_and_a_cancelled_one_is_neither()
    {
        var requests = Enumerable.Range(1, 3).Select(id => Request(id, "tools/call")).ToArray();
        Array.ForEach(requests, Say);
        _memory.Sent(requests[0]);
        _memory.Sent(Request(2, "tools/call")); // another request that happens to have the id
        Say(Frame("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":3}}"""));
        Assert.Equal([("1", true), ("2", false)], _memory.Open.Select(static open => (open.Request.IdKey, open.WasSent)));
    }

    private void Set(int id, string method, string parameters)
    {
        Say(Request(id, method, parameters));
        _memory.Answered(Frame($$$"""{"jsonrpc":"2.0","id":{{{id}}},"result":{}}"""));
    }

    private void Say(JsonRpcFrame frame) => _memory.Said(frame);

    private static JsonRpcFrame Request(int id, string method, string parameters = "{}") =>
        Frame($$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}","params":{{parameters}} }""");

    private static JsonRpcFrame Frame(string json) => JsonRpcFrame.Parse(Encoding.UTF8.GetBytes(json));
}
