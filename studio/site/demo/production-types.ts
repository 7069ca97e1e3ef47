import type { TypeDefinition } from './expand-schema.ts';

const STEPS = 'step_0: pivot_column All Tasks | ro';

/** Types of the production itself (API 8). */
export const PRODUCTION_TYPES: Readonly<Record<string, TypeDefinition>> = {
  Project: {
    displayName: 'Project',
    fields: `
name: text Project Name | unique mandatory
code: text Code | unique
tank_name: text Tank Name
sg_description: text Description
sg_status: list Status | Bidding,Active,Lost,Hold
sg_type: list Type | Feature,Series,Game
archived: checkbox Archived
is_template: checkbox Is Template | ro
is_demo: checkbox Is Demo | ro
users: multi_entity Users | HumanUser
phases: multi_entity Phases | Phase
billboard: url Billboard
color: color Color
start_date: date Start Date | ro
end_date: date End Date | ro
tracking_settings: serializable Tracking Settings
current_user_favorite: checkbox Favorite
last_accessed_by_current_user: date_time Last Accessed
`,
  },
  Episode: {
    displayName: 'Episode',
    fields: `
code: text Episode
project: entity Project | Project
description: text Description
sg_status_list: status_list Status | wtg,ip,fin
sequences: multi_entity Sequences | Sequence
`,
  },
  Sequence: {
    displayName: 'Sequence',
    fields: `
code: text Sequence
project: entity Project | Project
description: text Description
sg_status_list: status_list Status | wtg,ip,fin,hld,omt
sg_sequence_type: list Type | Action,Dialogue,Montage
shots: multi_entity Shots | Shot
assets: multi_entity Assets | Asset
episode: entity Episode | Episode
tasks: multi_entity Tasks | Task
cuts: multi_entity Cuts | Cut
sg_versions: multi_entity Versions | ro Version
sg_published_files: multi_entity Published Files | ro PublishedFile
sg_timecode: timecode Timecode
task_template: entity Task Template | TaskTemplate
addressings_cc: multi_entity Cc | Group,HumanUser
${STEPS}
`,
  },
  Shot: {
    displayName: 'Shot',
    fields: `
code: text Shot Code
project: entity Project | Project
description: text Description
sg_status_list: status_list Status | wtg,rdy,ip,rev,apr,fin,hld,omt,cmpt
sg_sequence: entity Sequence | Sequence
sg_shot_type: list Type | VFX,Full_CG,Plate
assets: multi_entity Assets | Asset
tasks: multi_entity Tasks | Task
sg_versions: multi_entity Versions | ro Version
sg_published_files: multi_entity Published Files | ro PublishedFile
parent_shots: multi_entity Parent Shots | Shot
shots: multi_entity Sub Shots | Shot
cut_in: number Cut In
cut_out: number Cut Out
cut_duration: number Cut Duration
sg_cut_order: number Cut Order
sg_head_in: number Head In
sg_tail_out: number Tail Out
sg_turnover_date: date Turnover
sg_bid_days: duration Bid
sg_complexity: float Complexity
sg_percent_done: percent Done
sg_look: entity Look | CustomEntity01
task_template: entity Task Template | TaskTemplate
addressings_cc: multi_entity Cc | Group,HumanUser
${STEPS}
`,
  },
  Asset: {
    displayName: 'Asset',
    fields: `
code: text Asset Name
project: entity Project | Project
description: text Description
sg_status_list: status_list Status | wtg,rdy,ip,rev,apr,fin,hld,omt
sg_asset_type: list Type | Character,Environment,Prop,FX,Vehicle
shots: multi_entity Shots | Shot
sequences: multi_entity Sequences | Sequence
parents: multi_entity Parents | Asset
assets: multi_entity Sub Assets | Asset
linked_projects: multi_entity Linked Projects | Project
tasks: multi_entity Tasks | Task
sg_versions: multi_entity Versions | ro Version
sg_published_files: multi_entity Published Files | ro PublishedFile
sg_creative_brief: url Creative Brief
task_template: entity Task Template | TaskTemplate
addressings_cc: multi_entity Cc | Group,HumanUser
${STEPS}
`,
  },
  Task: {
    displayName: 'Task',
    fields: `
content: text Task Name
project: entity Project | Project
entity: entity Link | Asset,Shot,Sequence,Episode,Level
step: entity Pipeline Step | Step
sg_status_list: status_list Status | wtg,rdy,ip,rev,apr,fin,hld,omt,cmpt
task_assignees: multi_entity Assigned To | Group,HumanUser
task_reviewers: multi_entity Reviewer | Group,HumanUser
start_date: date Start Date
due_date: date Due Date
duration: duration Duration
est_in_mins: duration Bid
time_logs_sum: duration Time Logged | ro
time_percent_of_est: percent Time Logged % of Bid | ro
milestone: checkbox Milestone
pinned: checkbox Pinned
dependency_violation: checkbox Dependency Violation | ro
upstream_tasks: multi_entity Upstream Dependency | Task
downstream_tasks: multi_entity Downstream Dependency | Task
template_task: entity Template Task | Task
task_template: entity Task Template | TaskTemplate
sg_description: text Description
sg_sort_order: number Order
sg_priority_1: list Priority | Low,Normal,High
color: color Gantt Bar Color
splits: serializable Splits
workload: calculated Workload | ro
sg_versions: multi_entity Versions | ro Version
sg_published_files: multi_entity Published Files | ro PublishedFile
addressings_cc: multi_entity Cc | Group,HumanUser
`,
  },
  TaskDependency: {
    displayName: 'Task Dependency',
    isBare: true,
    fields: `
task: entity Task | Task
dependent_task: entity Upstream Task | Task
dependency_type: text Type
offset_days: number Offset
shift_ratio: float Shift Ratio
`,
  },
  TaskTemplate: {
    displayName: 'Task Template',
    isBare: true,
    fields: `
code: text Template Name
description: text Description
entity_type: entity_type Entity Type
`,
  },
  Version: {
    displayName: 'Version',
    fields: `
code: text Version Name
project: entity Project | Project
entity: entity Link | Asset,Shot,Sequence,Episode,Level,Delivery
sg_task: entity Task | Task
user: entity Artist | HumanUser,ApiUser,Group
description: text Description
sg_status_list: status_list Status | rev,vwd,apr,na,fin,omt
sg_version_type: list Type | Dailies,Client,Final
client_approved: checkbox Client Approved
client_approved_at: date_time Client Approved at
client_approved_by: entity Client Approved by | HumanUser,ClientUser
client_code: text Client Version Name
flagged: checkbox Flagged
frame_count: number Frame Count
frame_range: text Frame Range
sg_first_frame: number First Frame
sg_last_frame: number Last Frame
sg_path_to_movie: text Path to Movie
sg_path_to_frames: text Path to Frames
sg_uploaded_movie: url Uploaded Movie
sg_uploaded_movie_mp4: url Uploaded Movie Mp4
sg_uploaded_movie_frame_rate: float Frame Rate
sg_uploaded_movie_transcoding_status: number Transcoding Status
uploaded_movie_duration: float Movie Duration
sg_movie_aspect_ratio: float Movie Aspect Ratio
sg_movie_has_slate: checkbox Movie Has Slate
sg_department: text Department
playlists: multi_entity Playlists | Playlist
published_files: multi_entity Published Files | PublishedFile
cuts: multi_entity Cuts | Cut
task_template: entity Task Template | TaskTemplate
viewed_by_current_user: list Viewed | read,unread
${STEPS}
`,
  },
  Playlist: {
    displayName: 'Playlist',
    fields: `
code: text Playlist Name
project: entity Project | Project
description: text Description
versions: multi_entity Versions | Version
sg_date_and_time: date_time Date and Time
locked: checkbox Locked
locked_by: entity Locked by | ro HumanUser
`,
  },
  PlaylistVersionConnection: {
    displayName: 'Playlist Version Connection',
    isBare: true,
    fields: `
playlist: entity Playlist | Playlist
version: entity Version | Version
sg_sort_order: number Order
version_review_message: text Review Message
`,
  },
  PublishedFile: {
    displayName: 'Published File',
    fields: `
code: text Published File Name
name: text Name
version_number: number Version Number
project: entity Project | Project
entity: entity Link | Asset,Shot,Sequence
task: entity Task | Task
version: entity Version | Version
published_file_type: entity Type | PublishedFileType
path: url Path
path_cache: text Path Cache
path_cache_storage: entity Path Cache Storage | LocalStorage
upstream_published_files: multi_entity Upstream | PublishedFile
downstream_published_files: multi_entity Downstream | PublishedFile
description: text Description
sg_status_list: status_list Status | wtg,ip,cmpt
`,
  },
  Cut: {
    displayName: 'Cut',
    fields: `
code: text Cut Name
project: entity Project | Project
entity: entity Link | Sequence,Episode
version: entity Version | Version
fps: float Frames per Second
revision_number: number Revision
cut_items: multi_entity Cut Items | CutItem
`,
  },
  CutItem: {
    displayName: 'Cut Item',
    isBare: true,
    fields: `
code: text Cut Item Name
project: entity Project | Project
cut: entity Cut | Cut
shot: entity Shot | Shot
version: entity Version | Version
cut_order: number Order
timecode_cut_item_in: timecode Timecode In
`,
  },
  Level: {
    displayName: 'Level',
    fields: `
code: text Level Name
project: entity Project | Project
description: text Description
sg_status_list: status_list Status | wtg,ip,fin
tasks: multi_entity Tasks | Task
`,
  },
};
