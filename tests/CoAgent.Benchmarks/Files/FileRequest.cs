using System.Text.Json;

namespace CoAgent.Benchmarks.Files;

/// <summary>What the file server needs of a request.</summary>
internal sealed class FileRequest
{
    /// <summary>The id as it came; empty for a notification.</summary>
    public byte[] Id { get; private set; } = [];

    public string Method { get; private set; } = "";

    public string Tool { get; private set; } = "";

    public string Path { get; private set; } = "";

    public byte[] Content { get; private set; } = [];

    public string OldText { get; private set; } = "";

    public string NewText { get; private set; } = "";

    public string ProtocolVersion { get; private set; } = "2025-06-18";

    public static FileRequest Parse(ReadOnlySpan<byte> line)
    {
        var request = new FileRequest();
        var reader = new Utf8JsonReader(line);
        reader.Read();
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                request.Take(line, ref reader);
            }
        }

        return request;
    }

    private void Take(ReadOnlySpan<byte> line, scoped ref Utf8JsonReader reader)
    {
        var name = reader.ValueSpan;
        switch (reader.CurrentDepth)
        {
            case 1 when name.SequenceEqual("id"u8):
                reader.Read();
                Id = line[(int)reader.TokenStartIndex..(int)reader.BytesConsumed].ToArray();
                break;
            case 1 when name.SequenceEqual("method"u8):
                Method = TextOf(ref reader);
                break;
            case 2 when name.SequenceEqual("name"u8):
                Tool = TextOf(ref reader);
                break;
            case 2 when name.SequenceEqual("protocolVersion"u8):
                ProtocolVersion = TextOf(ref reader);
                break;
            case 3 when name.SequenceEqual("path"u8):
                Path = TextOf(ref reader);
                break;
            case 3 when name.SequenceEqual("content"u8):
                Content = System.Text.Encoding.UTF8.GetBytes(TextOf(ref reader));
                break;
            case 5 when name.SequenceEqual("oldText"u8):
                OldText = TextOf(ref reader);
                break;
            case 5 when name.SequenceEqual("newText"u8):
                NewText = TextOf(ref reader);
                break;
            default:
                break;
        }
    }

    private static string TextOf(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetString() ?? "";
    }
}
