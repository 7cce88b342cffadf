using System.Text.Json;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Catalog.Manifests;

namespace CoAgent.ToolSmith.Promotion;

/// <summary>What asking for a tool by a line came to.</summary>
internal abstract record Asked
{
    private Asked()
    {
    }

    /// <summary>There is one already.</summary>
    /// <param name="Tool">It.</param>
    /// <param name="Arguments">By which it does what was asked for.</param>
    internal sealed record Covered(CatalogedTool Tool, JsonElement Arguments) : Asked;

    /// <summary>One was made.</summary>
    /// <param name="Tool">It.</param>
    /// <param name="Manifest">As it was drafted.</param>
    internal sealed record Grown(GrownTool Tool, ToolManifest Manifest) : Asked;

    /// <summary>One would be made so.</summary>
    /// <param name="Profile">The folder that it would be put into.</param>
    /// <param name="Manifest">Its manifest, not tried.</param>
    internal sealed record Draft(string Profile, ToolManifest Manifest) : Asked;

    /// <summary>None can be made.</summary>
    /// <param name="Why">Why, in a sentence.</param>
    internal sealed record NotPossible(string Why) : Asked;
}
