using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Catalog.Folder;

/// <summary>Whether a manifest coordinates its tool, and if not, why.</summary>
public enum Standing
{
    /// <summary>It does: a person has said so.</summary>
    Approved,

    /// <summary>It does: it has passed the laws.</summary>
    Verified,

    /// <summary>It does not: nobody has said anything for it.</summary>
    Draft,

    /// <summary>It does not: it was changed since it was trusted.</summary>
    Changed,

    /// <summary>It does not: the server describes the tool otherwise than it did when the manifest was made.</summary>
    Stale,

    /// <summary>It does not: nobody knows how the server describes the tool.</summary>
    Unlisted,

    /// <summary>It does not: somebody does not want it.</summary>
    Forgotten,
}

/// <summary>Standings in words.</summary>
public static class StandingWords
{
    /// <summary>Whether a manifest that stands so coordinates its tool.</summary>
    public static bool Coordinates(this Standing standing) => standing is Standing.Approved or Standing.Verified;

    /// <summary>Why a manifest does not coordinate its tool, in a sentence for an agent or an operator.</summary>
    /// <param name="standing">One that does not.</param>
    /// <param name="name">The manifest.</param>
    public static string Why(this Standing standing, CatalogName name) => standing switch
    {
        Standing.Draft => $"The manifest {name} is a draft: nobody has verified or approved it.",
        Standing.Changed => $"The manifest {name} was changed since it was verified or approved.",
        Standing.Stale => $"The server describes the tool otherwise than it did when the manifest {name} was made.",
        Standing.Unlisted => $"The server does not list the tool that the manifest {name} was made for.",
        Standing.Forgotten => $"The manifest {name} was forgotten.",
        Standing.Approved or Standing.Verified => throw new ArgumentException("It coordinates its tool.", nameof(standing)),
        _ => throw new ArgumentOutOfRangeException(nameof(standing)),
    };

    /// <summary>The command that makes a manifest coordinate its tool again.</summary>
    /// <param name="standing">How it stands now.</param>
    /// <param name="name">The manifest.</param>
    /// <param name="server">The server's name in the configuration; null where it is not known.</param>
    public static string Remedy(this Standing standing, CatalogName name, string? server) => standing switch
    {
        Standing.Stale or Standing.Unlisted => $"coagent catalog diff {server ?? name.Profile}",
        _ => $"coagent catalog approve {name} --from-server{(server is null ? "" : $" {server}")}",
    };

    /// <summary>How a manifest stands where its tool is defined so.</summary>
    /// <param name="tool">The manifest.</param>
    /// <param name="definition">The definition; null where the server does not list the tool.</param>
    public static Standing StandingFor(this CatalogedTool tool, ContentId? definition)
    {
        if (tool.Entries.IsEmpty)
        {
            return tool.IsChanged ? Standing.Changed : Standing.Draft;
        }

        if (tool.Trust == TrustLevel.Forgotten || tool.Entries.All(static entry => entry.Definitions.IsEmpty))
        {
            return Of(tool.Trust); // crossed out whatever its server says; or made for no definition: a tool of our own
        }

        if (definition is not { } known)
        {
            return tool.Trust is TrustLevel.Verified or TrustLevel.Approved ? Standing.Unlisted : Of(tool.Trust);
        }

        return tool.Entries.FirstOrDefault(entry => entry.IsFor(known)) is { } entry ? Of(entry.Trust) : Standing.Stale;
    }

    private static Standing Of(TrustLevel trust) => trust switch
    {
        TrustLevel.Forgotten => Standing.Forgotten,
        TrustLevel.Draft => Standing.Draft,
        TrustLevel.Verified => Standing.Verified,
        TrustLevel.Approved => Standing.Approved,
        _ => throw new ArgumentOutOfRangeException(nameof(trust)),
    };
}
