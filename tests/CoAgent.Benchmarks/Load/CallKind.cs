using System.Text;

namespace CoAgent.Benchmarks.Load;

/// <summary>A call that is made again and again, and what its answer must hold.</summary>
internal sealed record CallKind(string Tool, int ResultBytes)
{
    public const int FirstId = 10_000_000;
    public const int LastId = 99_999_999;

    /// <summary>Stands before the number in an echoed text, so that an answer can be told from every other.</summary>
    private const string Marker = "call ";

    private static readonly string Filler = new([.. Letters(new Random(1), 100)]);

    /// <summary>What the call is given, as JSON; its number belongs where the placeholder stands. Null: what the echo server's tools take.</summary>
    public string? Arguments { get; init; }

    /// <summary>A call of about a hundred characters each way.</summary>
    public static CallKind Small { get; } = new("echo", 0);

    public static CallKind Big(int bytes) => new("big", bytes);

    /// <summary>The request, with a placeholder wherever its number belongs.</summary>
    public byte[] Message(string placeholder)
    {
        var arguments = Arguments?.Replace(CallTemplate.Placeholder, placeholder, StringComparison.Ordinal) ?? (ResultBytes > 0
            ? $$"""{"bytes":{{ResultBytes}}}"""
            : $$"""{"text":"{{Marker}}{{placeholder}} {{Filler}}"}""");
        var parameters = $$$"""{"name":"{{{Tool}}}","arguments":{{{arguments}}}}""";
        return Encoding.ASCII.GetBytes(
            $$$"""{"jsonrpc":"2.0","id":{{{placeholder}}},"method":"tools/call","params":{{{parameters}}}}""");
    }

    /// <summary>
    /// The number of the request that this text answers; for results too big to carry one, the number expected.
    /// </summary>
    public int NumberOf(ReadOnlySpan<byte> answer, int expected)
    {
        if (ResultBytes > 0)
        {
            return expected;
        }

        var at = answer.IndexOf("\"text\":\"call "u8);
        return at >= 0 && System.Buffers.Text.Utf8Parser.TryParse(answer[(at + 13)..], out int number, out _)
            ? number
            : throw new InvalidDataException($"not an answer to echo: {Opening(answer)}");
    }

    /// <summary>Fails unless this is the whole, right answer to the request of that number.</summary>
    public void Require(ReadOnlySpan<byte> answer, int number)
    {
        Span<byte> id = stackalloc byte[13];
        "\"id\":"u8.CopyTo(id);
        number.TryFormat(id[5..], out _);
        var tail = answer[Math.Max(0, answer.Length - 512)..];
        var head = answer[..Math.Min(512, answer.Length)];
        var isRefused = Arguments is not null && answer.IndexOf("\"isError\":true"u8) >= 0;
        if (isRefused || answer.Length < ResultBytes || (head.IndexOf(id) < 0 && tail.IndexOf(id) < 0))
        {
            throw new InvalidDataException($"request {number} got {answer.Length} bytes: {Opening(answer)}");
        }
    }

    private static string Opening(ReadOnlySpan<byte> answer) =>
        Encoding.UTF8.GetString(answer[..Math.Min(200, answer.Length)]);

    private static IEnumerable<char> Letters(Random random, int count) =>
        Enumerable.Range(0, count).Select(_ => (char)random.Next('a', 'z' + 1));
}
