using System.Text.Json;

namespace CoAgent.Proxy.Wire;

/// <summary>Names and strings as a foreign peer spells them: what is no text is no match, never an exception.</summary>
/// <remarks>
/// JSON may hold half a surrogate pair as an escape, and a careless peer sends bytes that are not UTF-8. Both pass
/// through as they are; only where the relay itself has to read one it counts as absent.
/// </remarks>
internal static class WireText
{
    /// <summary>Whether the reader stands at a string or member name that means <paramref name="text"/>.</summary>
    public static bool IsText(this in Utf8JsonReader reader, ReadOnlySpan<byte> text)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan.SequenceEqual(text);
        }

        try
        {
            return reader.ValueTextEquals(text);
        }
        catch (InvalidOperationException)
        {
            return false; // half a surrogate pair: not one of the names that are known here
        }
    }

    /// <summary>The string or member name that the reader stands at; null when it is no text.</summary>
    public static string? ReadText(this in Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // half a surrogate pair, or bytes that are not UTF-8
        }
    }
}
