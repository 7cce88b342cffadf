using System.Text.Json;

namespace CoAgent.Benchmarks.Echo;

/// <summary>What the echo server needs of a request, as slices of its bytes.</summary>
internal ref struct EchoRequest
{
    public ReadOnlySpan<byte> Id;
    public ReadOnlySpan<byte> Method;
    public ReadOnlySpan<byte> Tool;
    public ReadOnlySpan<byte> ProtocolVersion;
    public ReadOnlySpan<byte> Text;
    public int Bytes;

    public static EchoRequest Parse(ReadOnlySpan<byte> line)
    {
        var request = default(EchoRequest);
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
                Id = Value(line, ref reader);
                break;
            case 1 when name.SequenceEqual("method"u8):
                Method = Value(line, ref reader);
                break;
            case 2 when name.SequenceEqual("name"u8):
                Tool = Value(line, ref reader);
                break;
            case 2 when name.SequenceEqual("protocolVersion"u8):
                ProtocolVersion = Value(line, ref reader);
                break;
            case 3 when name.SequenceEqual("text"u8):
                Text = Value(line, ref reader);
                break;
            case 3 when name.SequenceEqual("bytes"u8):
                reader.Read();
                Bytes = reader.GetInt32();
                break;
            default:
                break;
        }
    }

    // The slice keeps quotes and escapes, so that it can be sent back as it came.
    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> line, scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        return line[start..(int)reader.BytesConsumed];
    }
}
