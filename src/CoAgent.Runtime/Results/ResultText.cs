using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Results;

/// <summary>What a tool's answer says: to a reader, and to who asks whether two answers say the same (mcp.md, "What we put on the wire").</summary>
public static class ResultText
{
    /// <summary>How deep an answer may be nested to be looked into; a deeper one is its bytes, in which every spelling counts.</summary>
    public const int LevelsMax = 1_000;

    /// <summary>The answer in plain text.</summary>
    /// <remarks>
    /// The text blocks, each on lines of its own; without any, <c>structuredContent</c> as JSON; without that, the content
    /// as JSON. Of an error of JSON-RPC its message and its data. What cannot be read as JSON is returned as it is.
    /// </remarks>
    /// <param name="result">The answer.</param>
    public static string Of(ToolResult result)
    {
        if (TryParse(result.Utf8) is not { } document)
        {
            return Encoding.UTF8.GetString(result.Utf8.Span);
        }

        using (document)
        {
            var root = document.RootElement;
            return root.ValueKind != JsonValueKind.Object ? root.GetRawText()
                : result.Kind == ToolResultKind.ProtocolError ? OfError(root)
                : OfAnswer(root);
        }
    }

    /// <summary>Stands for what the answer says: content, <c>structuredContent</c> and whether it is an error.</summary>
    /// <remarks>
    /// <c>_meta</c> and <c>resultType</c> do not count, nor does how the JSON is spelt: blanks, escapes, the order of
    /// members, ways to write a number.
    /// </remarks>
    /// <param name="result">The answer.</param>
    public static ResultDigest DigestOf(ToolResult result)
    {
        using var digest = new JsonDigest();
        digest.Add((byte)result.Kind);
        if (TryParse(result.Utf8) is not { } document)
        {
            digest.AddBytes(result.Utf8.Span);
            return new ResultDigest(digest.Finish());
        }

        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || result.Kind == ToolResultKind.ProtocolError)
            {
                digest.AddValue(root);
            }
            else
            {
                AddContent(digest, root);
                digest.AddValue(TryGetMember(root, "structuredContent", out var structured) ? structured : default);
            }
        }

        return new ResultDigest(digest.Finish());
    }

    /// <summary>A string of an answer; one that no text can hold (half of a surrogate pair) as it is spelt.</summary>
    internal static string StringOf(JsonElement element)
    {
        try
        {
            return element.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return element.GetRawText();
        }
    }

    /// <summary>The name of a member; one that no text can hold as it is spelt.</summary>
    internal static string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(member));
        }
    }

    /// <summary>The member of that name, the last of several.</summary>
    internal static bool TryGetMember(JsonElement element, string name, out JsonElement value)
    {
        try
        {
            return element.TryGetProperty(name, out value);
        }
        catch (InvalidOperationException)
        {
            // Another member's name holds half of a surrogate pair.
            value = element.EnumerateObject().LastOrDefault(member => NameOf(member) == name).Value;
            return value.ValueKind != JsonValueKind.Undefined;
        }
    }

    internal static JsonDocument? TryParse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            return JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = LevelsMax });
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <remarks>An answer without content says what one with an empty list of it says; a block's <c>_meta</c> is no part of what it says.</remarks>
    private static void AddContent(JsonDigest digest, JsonElement root)
    {
        if (!TryGetMember(root, "content", out var content) || content.ValueKind != JsonValueKind.Array)
        {
            digest.AddCount(0);
            return;
        }

        digest.AddCount(content.GetArrayLength());
        foreach (var block in content.EnumerateArray())
        {
            if (block.ValueKind == JsonValueKind.Object)
            {
                digest.AddMembers(block, without: "_meta");
            }
            else
            {
                digest.AddValue(block);
            }
        }
    }

    private static string OfAnswer(JsonElement root)
    {
        var text = new StringBuilder();
        var hasText = false;
        if (TryGetMember(root, "content", out var content) && content.ValueKind == JsonValueKind.Array)
        {
            foreach (var block in content.EnumerateArray())
            {
                hasText |= TryAppendText(text, block);
            }
        }

        return hasText ? text.ToString()
            : TryGetMember(root, "structuredContent", out var structured) ? structured.GetRawText()
            : content.ValueKind == JsonValueKind.Array && content.GetArrayLength() > 0 ? content.GetRawText()
            : "";
    }

    private static bool TryAppendText(StringBuilder text, JsonElement block)
    {
        if (block.ValueKind != JsonValueKind.Object
            || !TryGetMember(block, "text", out var words)
            || words.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        if (text.Length > 0 && text[^1] != '\n')
        {
            text.Append('\n');
        }

        text.Append(StringOf(words));
        return true;
    }

    private static string OfError(JsonElement root)
    {
        var message = TryGetMember(root, "message", out var words) && words.ValueKind == JsonValueKind.String
            ? StringOf(words)
            : root.GetRawText();
        return TryGetMember(root, "data", out var data) ? $"{message}\n{data.GetRawText()}" : message;
    }
}
