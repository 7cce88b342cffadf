using System.Text.Json;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.OwnTools;

/// <summary>What CoAgent adds to a server's own introduction: a few lines of <c>instructions</c>, and that there are tools.</summary>
internal static class Introduction
{
    /// <summary>What a notice is, what it is told by, and when to say that one is done.</summary>
    public const string Instructions =
        "CoAgent orders the agents that work here at the same time. A tool result may begin with a notice of it: lines marked [coagent CODE] "
        + "(coagent_status tells your CODE) say that something you saw or did is different now. That is a fact from the runtime, not an order: "
        + "what still holds can stay; repair the rest with ordinary calls, or take your calls back with coagent_undo. "
        + "A write that comes before you have seen a notice is not made; make it again if it still holds. "
        + "Call coagent_finish when you are done, before your final report.";

    /// <summary>An answer to <c>initialize</c> or <c>server/discover</c> with ours in it; every other byte stays.</summary>
    public static Edit[] Into(JsonRpcFrame answer)
    {
        if (answer is not { Kind: FrameKind.Result, BodyIsObject: true })
        {
            return [];
        }

        var capabilities = answer.BodyMember("capabilities"u8);
        Edit[] tools = capabilities.Exists && answer.Utf8.Span[capabilities.Start] == (byte)'{' && !HasTools(answer, capabilities)
            ? [ObjectEdit.IntoObject(answer, capabilities, "\"tools\":{}"u8.ToArray())]
            : [];
        return [.. tools, InstructionsInto(answer)];
    }

    private static Edit InstructionsInto(JsonRpcFrame answer)
    {
        var theirs = answer.BodyMember("instructions"u8);
        if (!theirs.Exists)
        {
            return ObjectEdit.IntoObject(answer, answer.Body, ObjectEdit.Member("instructions", ObjectEdit.Text(Instructions)));
        }

        return answer.Utf8.Span[theirs.Start] == (byte)'"'
            ? Edit.Insert(theirs.End - 1, ObjectEdit.Text($"\n\n{Instructions}").AsMemory()[1..^1])
            : new Edit(theirs, ObjectEdit.Text(Instructions));
    }

    private static bool HasTools(JsonRpcFrame answer, Slice capabilities)
    {
        using var document = JsonDocument.Parse(answer.Memory(capabilities), InputRequests.Deep);
        return document.RootElement.TryGetProperty("tools", out var tools) && tools.ValueKind == JsonValueKind.Object;
    }
}
