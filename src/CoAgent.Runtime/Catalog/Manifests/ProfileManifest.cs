using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Catalog.Templates;

namespace CoAgent.Runtime.Catalog.Manifests;

/// <summary>Whose tools the manifests of one folder are (docs/catalog.md, "A profile").</summary>
public sealed record ProfileManifest
{
    /// <summary>Its name: the folder's.</summary>
    public required string Profile { get; init; }

    /// <summary>The names that such a server gives itself.</summary>
    public ImmutableArray<string> Servers { get; init; } = [];

    /// <summary>The package that it comes in; null where there is none.</summary>
    public string? Package { get; init; }

    /// <summary>The version that the manifests were made for; null where it does not matter.</summary>
    public string? Version { get; init; }

    /// <summary>What it is, for a person.</summary>
    public string? Description { get; init; }

    /// <summary>The command that starts one for a trial; <c>{root}</c> is the trial folder. Empty where it cannot be tried.</summary>
    public ImmutableArray<TextTemplate> Start { get; init; } = [];

    /// <summary>What is added to its environment for a trial.</summary>
    public ImmutableSortedDictionary<string, TextTemplate> Environment { get; init; } = ImmutableSortedDictionary<string, TextTemplate>.Empty;

    /// <summary>What relative paths start from.</summary>
    public PathOrigin Paths { get; init; }

    /// <summary>What templates may name beside arguments.</summary>
    public ImmutableSortedDictionary<string, ProfileValue> Values { get; init; } = ImmutableSortedDictionary<string, ProfileValue>.Empty;

    /// <summary>Reads that show all that its tools change.</summary>
    public ImmutableArray<Step> State { get; init; } = [];
}

/// <summary>What relative paths in arguments start from.</summary>
public enum PathOrigin
{
    /// <summary>The directory in which the server runs.</summary>
    Directory,

    /// <summary>The directories that the server was started with.</summary>
    Arguments,
}

/// <summary>Where a value of a profile comes from.</summary>
public abstract record ProfileValue
{
    private ProfileValue()
    {
    }

    /// <summary>Whether an argument of the same name stands above it; else it stands whatever the arguments are.</summary>
    /// <value>False.</value>
    public bool IsOverridable { get; init; }

    /// <summary>It is written in the profile.</summary>
    /// <param name="Value">The value.</param>
    public sealed record Literal(JsonElement Value) : ProfileValue;

    /// <summary>It is a variable of the server's environment, as the configuration gives it.</summary>
    /// <param name="Variable">The variable's name.</param>
    /// <param name="Default">What it is where the variable is not set; null: then it is absent.</param>
    public sealed record Environment(string Variable, string? Default) : ProfileValue;

    /// <summary>It is what a program prints, asked once for a server.</summary>
    /// <param name="Arguments">The program and its arguments.</param>
    public sealed record Run(ImmutableArray<string> Arguments) : ProfileValue;

    /// <summary>It is an argument of the server's command: the one that stands there, counted from what follows the package.</summary>
    /// <param name="Index">0 for the first.</param>
    public sealed record Argument(int Index) : ProfileValue;
}
