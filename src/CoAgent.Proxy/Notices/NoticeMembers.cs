using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CoAgent.Protocol.Notices;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Results;

namespace CoAgent.Proxy.Notices;

/// <summary>Notices as programs read them: <c>_meta["coagent/notices"]</c> and <c>changed</c> (mcp.md, "What we put on the wire").</summary>
internal static class NoticeMembers
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The notices, as a JSON array.</summary>
    public static byte[] Of(ImmutableArray<ToldNotice> notices) => Array(notices, static (writer, told, values) =>
    {
        writer.WriteStartObject();
        writer.WriteString("id", $"{told.Notice.Id}");
        writer.WriteString("kind", KindOf(told.Notice.Kind));
        if (told.Notice.IsAskedAgain)
        {
            writer.WriteBoolean("askedAgain", true);
        }

        if (!told.Entries.IsEmpty)
        {
            writer.WriteString("call", $"{told.Entries[0].Id}");
        }

        WriteNames(writer, "calls", told.Entries.Select(static entry => $"{entry.Id}"));
        WriteNames(writer, "objects", NoticeWords.ObjectsOf(told).Select(static one => $"{one}"));
        if (!told.Entries.IsEmpty)
        {
            values.Write(writer, told.Entries[0]);
        }

        WriteCause(writer, told);
        WriteNames(writer, "candidates", told.Notice.Candidates.Select(static call => $"{call}"));
        writer.WriteEndObject();
    });

    /// <summary>The own calls that an own call has changed, as a JSON array.</summary>
    public static byte[] OfChanged(ImmutableArray<ToldChange> changes) => Array(changes, static (writer, change, values) =>
    {
        writer.WriteStartObject();
        writer.WriteString("call", $"{change.Entry.Id}");
        values.Write(writer, change.Entry);
        if (change.IsOut)
        {
            writer.WriteBoolean("displaced", true);
        }

        writer.WriteEndObject();
    });

    /// <summary>The kind of a notice as the wire spells it.</summary>
    public static string KindOf(NoticeKind kind) => kind switch
    {
        NoticeKind.Stale => "stale",
        NoticeKind.Result => "result",
        NoticeKind.Displaced => "displaced",
        NoticeKind.Reverted => "reverted",
        NoticeKind.Outside => "outside",
        NoticeKind.Overflow => "overflow",
        _ => throw new InvalidOperationException($"No notice is of the kind {kind}."),
    };

    private static byte[] Array<T>(ImmutableArray<T> items, Action<Utf8JsonWriter, T, Values> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            var values = new Values();
            writer.WriteStartArray();
            foreach (var item in items)
            {
                write(writer, item, values);
            }

            writer.WriteEndArray();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteNames(Utf8JsonWriter writer, string member, IEnumerable<string> names)
    {
        writer.WriteStartArray(member);
        foreach (var name in names)
        {
            writer.WriteStringValue(name);
        }

        writer.WriteEndArray();
    }

    private static void WriteCause(Utf8JsonWriter writer, ToldNotice told)
    {
        var cause = told.Notice.Cause;
        writer.WriteStartObject("cause");
        if (cause.IsPowerLoss)
        {
            writer.WriteBoolean("powerLoss", true);
        }
        else if (cause.Call is not { } call || told.Notice.Kind == NoticeKind.Outside)
        {
            writer.WriteBoolean("outside", true);
        }
        else
        {
            writer.WriteString("call", $"{call}");
            if (told.Cause is { } known)
            {
                writer.WriteString("agent", known.Agent.Value);
            }

            if (cause.Rank is { } rank)
            {
                writer.WriteNumber("rank", rank.Value);
            }
        }

        writer.WriteEndObject();
    }

    /// <summary>Writes what calls returned and return, within a limit for all of them together.</summary>
    private sealed class Values
    {
        private int _bytesLeft = NoticeLimits.ValuesBytesMax;

        public void Write(Utf8JsonWriter writer, ToldEntry entry)
        {
            var was = entry.Was is { } old ? ResultText.Of(old) : null;
            var now = entry.Now is { } current ? ResultText.Of(current) : null;
            var bytes = Bytes(was) + Bytes(now);
            if (Bytes(was) <= NoticeLimits.ValueBytesMax && Bytes(now) <= NoticeLimits.ValueBytesMax && bytes <= _bytesLeft)
            {
                _bytesLeft -= bytes;
                WriteValue(writer, "was", was);
                WriteValue(writer, "now", now);
            }
            else if (was is not null && now is not null)
            {
                WriteDiff(writer, was, now);
            }
        }

        private void WriteDiff(Utf8JsonWriter writer, string was, string now)
        {
            var lines = TextDiff.Lines(was, now);
            var diff = Quote.Plain(lines);
            while (Bytes(diff) > NoticeLimits.ValueBytesMax)
            {
                lines.RemoveRange(lines.Count / 2, lines.Count - (lines.Count / 2));
                lines.Add("…");
                diff = Quote.Plain(lines);
            }

            if (Bytes(diff) <= _bytesLeft)
            {
                _bytesLeft -= Bytes(diff);
                writer.WriteString("diff", diff);
            }
        }

        private static int Bytes(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);

        private static void WriteValue(Utf8JsonWriter writer, string member, string? value)
        {
            if (value is not null)
            {
                writer.WriteString(member, value);
            }
        }
    }
}
