namespace CoAgent.Fixtures.Conformance;

/// <summary>The two eras of the protocol: with a handshake and sessions, and without either.</summary>
internal static class ProtocolEras
{
    /// <summary>The first version without sessions.</summary>
    public const string Modern = "2026-07-28";

    private static readonly string[] LegacyVersions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

    public static bool IsLegacy(string version) => LegacyVersions.Contains(version);

    public static bool IsSupported(string version) => version == Modern || IsLegacy(version);
}
