namespace CoAgent.Benchmarks.Load;

/// <summary>The two messages that open a session.</summary>
internal static class Handshake
{
    public const string ProtocolVersion = "2025-06-18";

    public static ReadOnlySpan<byte> Initialize =>
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-06-18\","u8
        + "\"capabilities\":{},\"clientInfo\":{\"name\":\"benchmark\",\"version\":\"1\"}}}"u8;

    public static ReadOnlySpan<byte> Initialized => """{"jsonrpc":"2.0","method":"notifications/initialized"}"""u8;

    public static void Require(ReadOnlySpan<byte> answer)
    {
        if (answer.IndexOf("\"protocolVersion\""u8) < 0)
        {
            var told = System.Text.Encoding.UTF8.GetString(answer);
            throw new InvalidDataException($"initialize was answered with: {told}");
        }
    }
}
