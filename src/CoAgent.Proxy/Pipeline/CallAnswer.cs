using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Pipeline;

/// <summary>Answers to tool calls that the proxy gives itself.</summary>
internal static class CallAnswer
{
    /// <summary>What stands in the <c>_meta</c> of a call that was refused before it had a name.</summary>
    public static readonly byte[] NoRecord = "\"coagent/call\":{\"status\":\"refused\"}"u8.ToArray();

    /// <summary>What stands in the <c>_meta</c> of a call whose daemon went away before it was answered.</summary>
    public static readonly byte[] UnknownRecord = "\"coagent/call\":{\"status\":\"unknown\"}"u8.ToArray();

    /// <summary>An error that the model sees, with what to do.</summary>
    public static Splice OfOurOwn(ClientExchange exchange, string message, ReadOnlySpan<byte> metaMembers) =>
        ClientAnswer.Result(exchange, ErrorResult(RequestRouter.IsModern(exchange.Request), message, metaMembers));

    /// <summary>The same as JSON.</summary>
    public static byte[] ErrorResult(bool isModern, string message, ReadOnlySpan<byte> metaMembers) =>
        Result(isModern, isError: true, [message], metaMembers);

    /// <summary>A result of text blocks as JSON.</summary>
    public static byte[] Result(bool isModern, bool isError, IEnumerable<string> blocks, ReadOnlySpan<byte> metaMembers)
    {
        byte[] modern = isModern ? [.. "\"resultType\":\"complete\","u8] : [];
        byte[] error = isError ? [.. ",\"isError\":true"u8] : [];
        return
        [
            (byte)'{', .. modern, .. "\"content\":["u8, .. JoinBlocks(blocks), (byte)']', .. error,
            .. ",\"_meta\":{"u8, .. metaMembers, .. "}}"u8,
        ];
    }

    /// <summary>A text block as JSON.</summary>
    public static byte[] Block(string text) => [.. "{\"type\":\"text\",\"text\":"u8, .. ObjectEdit.Text(text), (byte)'}'];

    /// <summary>A fault in words, with what it means for the call.</summary>
    public static string Words(ServerFault fault) => fault.MayHaveHappened
        ? $"{fault.Message}\nIt is unknown whether this call took effect: look before you repeat it."
        : $"{fault.Message}\nThis call did not take effect.";

    private static byte[] JoinBlocks(IEnumerable<string> blocks)
    {
        var joined = new List<byte>();
        foreach (var block in blocks)
        {
            joined.AddRange(joined.Count > 0 ? ","u8 : default);
            joined.AddRange(Block(block));
        }

        return [.. joined];
    }
}
