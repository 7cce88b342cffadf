using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Tools;

namespace CoAgent.Proxy.Pipeline;

/// <summary>What became of a call, in the word that stands in its <c>_meta</c> (mcp.md, "What we put on the wire").</summary>
internal enum CallStatus
{
    /// <summary>It changed something, or may have.</summary>
    Applied,

    /// <summary>It only looked.</summary>
    Read,

    /// <summary>Its tool failed, or it never got there.</summary>
    Failed,

    /// <summary>It was not made: its agent has to see what changed first.</summary>
    Gated,

    /// <summary>It is open: it waits for input.</summary>
    Held,

    /// <summary>A receipt: it is made when every lower rank has finished.</summary>
    Deferred,

    /// <summary>It was not let through.</summary>
    Refused,

    /// <summary>It was sent and no answer came, or it goes on after its answer: it may have happened.</summary>
    Unknown,
}

/// <summary>A call's name, place and footprint, as its result tells them.</summary>
/// <param name="Id">Its name in the workspace.</param>
/// <param name="Transaction">Whose it is.</param>
/// <param name="Number">Its number in the transaction; null when it was refused before it had one.</param>
/// <param name="Tool">The tool, as its server calls it, and the server.</param>
/// <param name="Declaration">What it reads and writes.</param>
internal sealed record CallRecord(
    CallId Id, Transaction Transaction, long? Number, ToolRequest Tool, ToolDeclaration Declaration)
{
    /// <summary>The member of a result's <c>_meta</c> under which it stands.</summary>
    public const string MetaKey = "coagent/call";

    /// <summary>How its answer was come by.</summary>
    /// <value><see cref="ReadView.Live"/>: in place.</value>
    public ReadView View { get; init; } = ReadView.Live;

    /// <summary>Whether it surely did not take effect and its tool has not answered: made again, it may.</summary>
    public bool IsNotExecuted { get; init; }

    /// <summary>The member, as JSON.</summary>
    public byte[] ToMetaMember(CallStatus status)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteString("id"u8, Id.ToString());
        writer.WriteString("agent"u8, Transaction.Agent.Value);
        writer.WriteString("transaction"u8, Transaction.Id.ToString());
        writer.WriteNumber("rank"u8, Transaction.Rank.Value);
        if (Number is { } number)
        {
            writer.WriteNumber("n"u8, number);
        }

        writer.WriteString("status"u8, NameOf(status));
        if (IsNotExecuted)
        {
            writer.WriteBoolean("executed"u8, value: false);
        }

        writer.WriteString("view"u8, NameOf(View));
        WriteObjects(writer, "reads", Declaration.Call.Footprint.Reads);
        WriteObjects(writer, "writes", Declaration.Call.Footprint.Writes);
        writer.WriteBoolean("reversible"u8, !Declaration.Call.IsIrreversible);
        if (Declaration.Unknown is { } unknown)
        {
            writer.WriteBoolean("known"u8, value: false);
            writer.WriteString("why"u8, unknown.Reason);
            writer.WriteString("declare"u8, unknown.Command);
        }

        writer.WriteEndObject();
        writer.Flush();
        return [.. "\"coagent/call\":"u8, .. output.WrittenSpan];
    }

    private static void WriteObjects(Utf8JsonWriter writer, string name, ImmutableArray<ObjectPattern> objects)
    {
        writer.WriteStartArray(name);
        foreach (var pattern in objects)
        {
            writer.WriteStringValue(pattern.ToString());
        }

        writer.WriteEndArray();
    }

    private static string NameOf(ReadView view) => view switch
    {
        ReadView.Live => "live",
        ReadView.Version => "version",
        ReadView.Rewind => "rewind",
        _ => throw new ArgumentOutOfRangeException(nameof(view)),
    };

    private static string NameOf(CallStatus status) => status switch
    {
        CallStatus.Applied => "applied",
        CallStatus.Read => "read",
        CallStatus.Failed => "failed",
        CallStatus.Gated => "gated",
        CallStatus.Held => "held",
        CallStatus.Deferred => "deferred",
        CallStatus.Refused => "refused",
        CallStatus.Unknown => "unknown",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };
}
