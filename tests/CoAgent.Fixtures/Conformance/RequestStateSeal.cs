using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ModelContextProtocol;

namespace CoAgent.Fixtures.Conformance;

/// <summary>Signs the state that a client carries between rounds, and refuses what was changed on the way.</summary>
internal sealed class RequestStateSeal
{
    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);

    public string Close(string state) => state + "." + Signature(state);

    public string Open(string sealedState)
    {
        var dot = sealedState.IndexOf('.', StringComparison.Ordinal);
        var state = dot < 0 ? sealedState : sealedState[..dot];
        return dot >= 0 && sealedState[(dot + 1)..] == Signature(state)
            ? state
            : throw new McpProtocolException("requestState was changed; send it back as it was given.", McpErrorCode.InvalidParams);
    }

    private string Signature(string state) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(state)));
}
