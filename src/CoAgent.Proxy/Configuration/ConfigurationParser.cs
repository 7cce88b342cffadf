using System.Text.Json;
using System.Text.Unicode;

namespace CoAgent.Proxy.Configuration;

/// <summary>Turns the bytes of a file into nodes: JSON with comments, trailing commas and a byte order mark.</summary>
internal ref struct ConfigurationParser
{
    /// <summary>How deep the file may nest, in levels.</summary>
    public const int NestingLevelsMax = 64;

    private readonly ReadOnlySpan<byte> _json;
    private Utf8JsonReader _reader;
    private int _countedBytes;
    private int _line = 1;

    private ConfigurationParser(ReadOnlySpan<byte> json)
    {
        _json = json;
        _reader = new Utf8JsonReader(json, new JsonReaderOptions
        {
            AllowTrailingCommas = true,
            CommentHandling = JsonCommentHandling.Skip,
            MaxDepth = NestingLevelsMax,
        });
    }

    /// <summary>Reads the one value of the file; null, with a finding, where it is not JSON.</summary>
    /// <remarks>The message never quotes the text: it may be a secret.</remarks>
    public static ConfigurationNode? Parse(ReadOnlySpan<byte> content, Findings findings)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        var json = content.StartsWith(mark) ? content[mark.Length..] : content;
        if (!Utf8.IsValid(json))
        {
            findings.Fault(string.Empty, line: null, "is not UTF-8 text; save it as UTF-8.");
            return null;
        }

        var parser = new ConfigurationParser(json);
        try
        {
            parser._reader.Read();
            var root = parser.ReadValue();
            parser._reader.Read();
            return root;
        }
        catch (JsonException exception)
        {
            findings.Fault(string.Empty, (int)(exception.LineNumber ?? 0) + 1, Describe(exception));
        }
        catch (InvalidOperationException)
        {
            // The reader's word for an escape such as \ud800 that is half a character.
            findings.Fault(string.Empty, parser._line, "has an escape that is not a character; mend the \\u sequence.");
        }

        return null;
    }

    private static string Describe(JsonException exception) =>
        $"is not valid JSON at byte {(exception.BytePositionInLine ?? 0) + 1} of the line; "
        + $"look there for a missing comma, quote or bracket, or for nesting beyond {NestingLevelsMax} levels.";

    private ConfigurationNode ReadValue()
    {
        var line = CountLine();
        return _reader.TokenType switch
        {
            JsonTokenType.StartObject => ReadObject(line),
            JsonTokenType.StartArray => ReadArray(line),
            JsonTokenType.String => new ConfigurationNode.Text(_reader.GetString()!, line),
            JsonTokenType.Number => new ConfigurationNode.Number(_reader.GetDouble(), line),
            JsonTokenType.True => new ConfigurationNode.Flag(true, line),
            JsonTokenType.False => new ConfigurationNode.Flag(false, line),
            JsonTokenType.Null => new ConfigurationNode.Null(line),
            var other => throw new JsonException($"A value cannot begin with {other}."),
        };
    }

    private ConfigurationNode.Members ReadObject(int line)
    {
        var members = new List<ConfigurationNode.Member>();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            CountLine();
            var name = _reader.GetString()!;
            _reader.Read();
            members.Add(new ConfigurationNode.Member(name, ReadValue()));
        }

        return new ConfigurationNode.Members(members, line);
    }

    private ConfigurationNode.List ReadArray(int line)
    {
        var items = new List<ConfigurationNode>();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(ReadValue());
        }

        return new ConfigurationNode.List(items, line);
    }

    private int CountLine()
    {
        var start = (int)_reader.TokenStartIndex;
        _line += _json[_countedBytes..start].Count((byte)'\n');
        _countedBytes = start;
        return _line;
    }
}
