import { buildImage, type ContainerTool, copyRelease, findContainerTool, imageName, type Release } from "@trimaran/all";
import { sha256 } from "@trimaran/contract";
import type { World } from "./world.ts";

export interface Built {
  readonly release: Release;
  readonly container: { readonly tool: ContainerTool; readonly image: string } | undefined;
}

/** Variables with which people point at their own clouds; what runs here has no use for them. */
const FOREIGN = /^(AWS|AZURE|ARM|GOOGLE|GCLOUD|CLOUDSDK|GCE)_/;

/** The app as it will run: an immutable copy of its folder, and in the container runtime the image built from that. Throws tool_missing, unavailable. */
export async function buildRelease(world: World, appFolder: string): Promise<Built> {
  const { name, service } = world.app;
  const tool = service.runtime === "container" ? containerTool(world) : undefined;
  if (tool !== undefined && service.image !== undefined) {
    return {
      release: { digest: await sha256(service.image), folder: appFolder },
      container: { tool, image: service.image },
    };
  }
  const release = await copyRelease(appFolder, world.state.releases, `${world.machine.pid}`);
  if (tool === undefined) return { release, container: undefined };
  const image = imageName(name, release.digest);
  world.events.emit({ type: "phase", says: "build the image" });
  await buildImage(tool, image, release.folder, world.stopping);
  return { release, container: { tool, image } };
}

/** The user's own settings of podman and docker hold. TRIMARAN_PODMAN_FLAGS: further flags, such as `--runtime runc`. */
function containerTool({ machine }: World): ContainerTool {
  const env = Object.fromEntries(
    Object.entries(machine.env).flatMap(([name, value]) =>
      value === undefined || FOREIGN.test(name) ? [] : [[name, value]],
    ),
  );
  return findContainerTool(
    env,
    (machine.env["TRIMARAN_PODMAN_FLAGS"] ?? "").split(" ").filter((flag) => flag !== ""),
  );
}
