using System.Runtime.InteropServices;
using System.Text.Json;

namespace CoAgent.Benchmarks.Wire;

/// <summary>Where the id of a JSON-RPC message stands in its bytes.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MessageId(int Start, int Length)
{
    public static MessageId None { get; } = new(0, 0);

    public bool Exists => Length > 0;

    public int End => Start + Length;

    /// <summary>Finds the top-level id without parsing more than it must.</summary>
    public static MessageId Find(ReadOnlySpan<byte> message)
    {
        var reader = new Utf8JsonReader(message);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isId = reader.ValueTextEquals("id"u8);
            reader.Read();
            if (isId)
            {
                var start = (int)reader.TokenStartIndex;
                return new MessageId(start, (int)reader.BytesConsumed - start);
            }

            reader.Skip();
        }

        return None;
    }
}
