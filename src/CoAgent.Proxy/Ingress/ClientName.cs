using System.Text.Json;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Ingress;

/// <summary>The name that a client gives itself, for people and as the last resort to tell modern clients apart.</summary>
internal static class ClientName
{
    private const int CharsMax = 40;

    public static string Of(JsonRpcFrame frame)
    {
        var info = frame.Is(MethodNames.Initialize)
            ? InitializeMembers.Of(frame).Info
            : frame.Memory(MetaMembers.Of(frame).ClientInfo);
        if (info.IsEmpty)
        {
            return "client";
        }

        using var document = JsonDocument.Parse(info, Downstream.InputRequests.Deep);
        var name = document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("name", out var given) && given.ValueKind == JsonValueKind.String
            ? given.GetString()!
            : "";
        var plain = new string([.. name.Where(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-').Take(CharsMax)]);
        return plain.Length > 0 ? plain : "client";
    }
}
