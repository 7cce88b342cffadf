using System.Collections.Immutable;

namespace CoAgent.Proxy.OwnTools;

/// <summary>The tools that agents see of CoAgent itself, beside those of the servers.</summary>
/// <remarks>Every model that is connected pays for these words at each of its turns: together they stay below 1,200 characters.</remarks>
internal static class OwnTool
{
    /// <summary>Who am I, what has changed for me, who else is here.</summary>
    public const string Status = "coagent_status";

    /// <summary>I am done.</summary>
    public const string Finish = "coagent_finish";

    /// <summary>Takes own calls back.</summary>
    public const string Undo = "coagent_undo";

    /// <summary>Settles a notice.</summary>
    public const string Resolve = "coagent_resolve";

    /// <summary>Finds a tool for words or a command, or makes one.</summary>
    public const string RequestTool = "coagent_request_tool";

    /// <summary>Their names, in the order in which they are listed.</summary>
    public static readonly ImmutableArray<string> Names = [Status, Finish, Undo, Resolve, RequestTool];

    /// <summary>Their definitions, as JSON, joined by commas.</summary>
    public static readonly byte[] Definitions =
    [
        .. """{"name":"coagent_status","description":"Your place among the agents of this workspace, your open notices and calls, who else is at work.","inputSchema":{"type":"object","properties":{}},"annotations":{"readOnlyHint":true}},"""u8,
        .. """{"name":"coagent_finish","description":"Say you are done, before your final report. Waits for earlier agents; may answer with notices: repair, then call again.","inputSchema":{"type":"object","properties":{"wait":{"type":"number","description":"seconds"}}}},"""u8,
        .. """{"name":"coagent_undo","description":"Take back calls of your own.","inputSchema":{"type":"object","properties":{"calls":{"type":"array","items":{"type":"string"},"description":"ids, as c12"}},"required":["calls"]}},"""u8,
        .. """{"name":"coagent_resolve","description":"Settle a notice: what you did still holds (keep), is repaired (revised) or taken back (retracted).","inputSchema":{"type":"object","properties":{"notice":{"type":"string"},"decision":{"enum":["keep","revised","retracted"]},"reason":{"type":"string"}},"required":["notice","decision"]}},"""u8,
        .. """{"name":"coagent_request_tool","description":"Tool for words or command.","inputSchema":{"type":"object","properties":{"request":{"type":"string"}},"required":["request"]}}"""u8,
    ];

    /// <summary>Whether a name is one of ours.</summary>
    public static bool Is(string? name) => name is not null && Names.Contains(name);
}
