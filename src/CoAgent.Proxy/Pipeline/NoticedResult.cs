using System.Buffers;
using System.Text.Json;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Pipeline;

/// <summary>A server's result with a text block of ours before its content; every value of the server's stays as it is spelled.</summary>
internal static class NoticedResult
{
    private const string Content = "content";
    private const string Structured = "structuredContent";
    private const string Meta = "_meta";

    /// <summary>The edit that puts the block in.</summary>
    /// <param name="answer">A result whose body is an object.</param>
    /// <param name="block">The text.</param>
    /// <param name="metaMembers">Members for <c>_meta</c>.</param>
    /// <param name="givesStructuredAsText">Whether <c>structuredContent</c> is given as text, because its client would drop the block beside it.</param>
    public static Edit Of(JsonRpcFrame answer, string block, byte[] metaMembers, bool givesStructuredAsText)
    {
        var structured = givesStructuredAsText ? answer.BodyMember("structuredContent"u8) : Slice.None;
        var ours = CallAnswer.Block(block);
        byte[] theirs = structured.Exists && !HasText(answer, structured)
            ? CallAnswer.Block(System.Text.Encoding.UTF8.GetString(answer.Span(structured)))
            : [];
        var output = new ArrayBufferWriter<byte>(answer.Body.Length + ours.Length + theirs.Length + metaMembers.Length + 64);
        var reader = new Utf8JsonReader(answer.Span(answer.Body), new JsonReaderOptions { MaxDepth = int.MaxValue });
        reader.Read();
        output.Write("{"u8);
        output.Write(ObjectEdit.Member(Content, ContentOf(answer, ours, theirs)));
        output.Write(","u8);
        output.Write(ObjectEdit.Member(Meta, MetaOf(answer, metaMembers)));
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex + answer.Body.Start;
            var isReplaced = reader.IsText("content"u8) || reader.IsText("_meta"u8) || (structured.Exists && reader.IsText("structuredContent"u8));
            var value = JsonRpcFrame.TakeValue(ref reader);
            if (!isReplaced)
            {
                output.Write(","u8);
                output.Write(answer.Utf8.Span[start..(value.End + answer.Body.Start)]);
            }
        }

        output.Write("}"u8);
        return new Edit(answer.Body, output.WrittenMemory);
    }

    private static byte[] ContentOf(JsonRpcFrame answer, byte[] ours, byte[] theirs)
    {
        var at = answer.BodyMember("content"u8);
        var blocks = at.Exists && answer.Utf8.Span[at.Start] == (byte)'[' ? answer.Span(at)[1..^1] : default;
        var isEmpty = blocks.Trim(" \t\r\n"u8).IsEmpty;
        byte[] between = isEmpty ? [] : [(byte)','];
        byte[] before = theirs.Length > 0 ? [(byte)','] : [];
        return [(byte)'[', .. ours, .. between, .. isEmpty ? default : blocks, .. before, .. theirs, (byte)']'];
    }

    private static ReadOnlySpan<byte> MetaOf(JsonRpcFrame answer, byte[] members)
    {
        var meta = answer.Members.Meta;
        if (!meta.Exists || answer.Utf8.Span[meta.Start] != (byte)'{')
        {
            return (byte[])[(byte)'{', .. members, (byte)'}'];
        }

        var edit = ObjectEdit.IntoMeta(answer, members);
        return new Splice(answer.Memory(meta), edit with { At = edit.At with { Start = edit.At.Start - meta.Start } }).ToMemory().Span;
    }

    // A server is to give the same as text as well, and mostly does: the model need not read it twice.
    private static bool HasText(JsonRpcFrame answer, Slice structured)
    {
        using var result = JsonDocument.Parse(answer.Memory(answer.Body), InputRequests.Deep);
        using var value = JsonDocument.Parse(answer.Memory(structured), InputRequests.Deep);
        return result.RootElement.TryGetProperty(Content, out var content) && content.ValueKind == JsonValueKind.Array
            && content.EnumerateArray().Any(block => SaysTheSame(block, value.RootElement));
    }

    private static bool SaysTheSame(JsonElement block, JsonElement value)
    {
        if (block.ValueKind != JsonValueKind.Object || !block.TryGetProperty("text", out var text) || text.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        try
        {
            using var said = JsonDocument.Parse(text.GetString()!, InputRequests.Deep);
            return JsonElement.DeepEquals(said.RootElement, value);
        }
        catch (JsonException)
        {
            return false; // plain words
        }
    }
}
