using System.Buffers;
using System.Text.Json;
using CoAgent.Protocol.Order;
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

    /// <summary>It is open: it waits for input or for its turn.</summary>
    Held,

    /// <summary>It was not let through.</summary>
    Refused,

    /// <summary>It was sent and no answer came: it may have happened.</summary>
    Unknown,
}

/// <summary>A call's name, place and footprint, as its result tells them.</summary>
/// <param name="Id">Its name in the workspace.</param>
/// <param name="Transaction">Whose it is.</param>
/// <param name="Number">Its number in the transaction.</param>
/// <param name="Footprint">What it reads and writes.</param>
internal sealed record CallRecord(CallId Id, Transaction Transaction, long Number, ToolFootprint Footprint)
{
    /// <summary>The member of a result's <c>_meta</c> under which it stands.</summary>
    public const string MetaKey = "coagent/call";

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
        writer.WriteNumber("n"u8, Number);
        writer.WriteString("status"u8, NameOf(status));
        writer.WriteString("view"u8, "live"u8);
        WriteObjects(writer, "reads", Footprint.Reads);
        WriteObjects(writer, "writes", Footprint.Writes);
        writer.WriteBoolean("reversible"u8, Footprint.IsReversible);
        writer.WriteEndObject();
        writer.Flush();
        return [.. "\"coagent/call\":"u8, .. output.WrittenSpan];
    }

    private static void WriteObjects(Utf8JsonWriter writer, string name, IEnumerable<string> objects)
    {
        writer.WriteStartArray(name);
        foreach (var id in objects)
        {
            writer.WriteStringValue(id);
        }

        writer.WriteEndArray();
    }

    private static string NameOf(CallStatus status) => status switch
    {
        CallStatus.Applied => "applied",
        CallStatus.Read => "read",
        CallStatus.Failed => "failed",
        CallStatus.Held => "held",
        CallStatus.Refused => "refused",
        CallStatus.Unknown => "unknown",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };
}
