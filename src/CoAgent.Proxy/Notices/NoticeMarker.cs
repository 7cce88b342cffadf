using System.Security.Cryptography;
using System.Text;
using CoAgent.Protocol.Order;
using CoAgent.Proxy.Workspaces;

namespace CoAgent.Proxy.Notices;

/// <summary>What our words to one transaction begin with, so that nothing that a tool returns can pass for them (mcp.md, "Wording").</summary>
/// <remarks>The same for a transaction at any time, also after a restart; nobody can tell it without the workspace's secret.</remarks>
/// <param name="Text">Such as <c>[coagent 7f3a9c01]</c>.</param>
internal sealed record NoticeMarker(string Text)
{
    /// <summary>How many hexadecimal digits tell a transaction's marker from another's: too many to print them all in one answer.</summary>
    public const int DigitCount = 8;

    private const string SecretFile = "notices.key";

    /// <summary>The marker of a transaction.</summary>
    /// <param name="secret">The workspace's secret.</param>
    /// <param name="transaction">The transaction.</param>
    public static NoticeMarker Of(string secret, TransactionId transaction)
    {
        var code = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{transaction}"));
        return new NoticeMarker($"[coagent {Convert.ToHexStringLower(code)[..DigitCount]}]");
    }

    /// <summary>The secret of a workspace, made when there is none yet. Only under the daemon's lock.</summary>
    /// <exception cref="WorkspaceException">The file cannot be read, or others may read it.</exception>
    public static string ReadOrCreateSecret(WorkspaceFolder workspace) =>
        TokenFile.ReadOrCreate(Path.Combine(workspace.StateDirectory, SecretFile));
}
